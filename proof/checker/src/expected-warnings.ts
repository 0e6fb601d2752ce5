import { bankProtocol } from '#contracts';
import type { FaultKind } from './faults.js';

/** A log line at warn or above that faults may cause. */
export interface ExpectedWarning {
  /** Never changes, so that old and new reports can be compared. */
  readonly id: string;
  readonly level: 'warn' | 'error' | 'fatal';
  readonly services: readonly string[];
  readonly message: RegExp;
  readonly faults: readonly FaultKind[];
  /** Longest delay after the end of the fault, in milliseconds. Default: ten seconds. */
  readonly withinMs?: number;
  /** Other services whose faults can cause it too. */
  readonly reachedFrom?: readonly string[];
  /** Faults of other charges do not explain it. */
  readonly isOfOneCharge?: boolean;
  /** The suite that must reach it, and the campaign size: worlds of the simulation (default: 1,000) or chaos runs. */
  readonly owed?: { readonly by: Suite; readonly from: number };
}

export type Suite = 'simulation' | 'chaos';

/** From this many worlds on, a campaign of the simulation must reach every hard state and expected warning. */
export const LONG_CAMPAIGN_WORLDS = 1_000;

/** From this many chaos runs on, a campaign must reach every hard state and expected warning. */
const CAMPAIGN_RUNS = 10;
/** Campaign size for rare warnings. */
const SELDOM_WORLDS = 20_000;

const all = ['payments-api', 'bank-gateway', 'ledger'];
const database = ['database_away', 'commit_lost', 'frozen'] as const;
const process = ['killed', 'frozen', 'terminated', 'slow_start'] as const;
/** Faults by which a bank gives no usable answer. */
const unreachable = [...bankProtocol.faultNames, 'bank_unreachable'] as const;

/** The complete list. An entry that a large campaign never uses fails it, so that no obsolete entry remains. */
export const expectedWarnings: readonly ExpectedWarning[] = [
  {
    id: 'job-interrupted',
    level: 'warn',
    services: all,
    message: /^a periodic job did not get through; it will run again$/,
    faults: database,
  },
  {
    id: 'consumer-without-database',
    level: 'warn',
    services: all,
    message: /^the database is not available to the consumer: trying again$/,
    faults: database,
  },
  {
    id: 'relay-without-database',
    level: 'warn',
    services: all,
    message: /^the database is not available to the relay: trying again$/,
    faults: database,
  },
  {
    id: 'request-not-committed',
    level: 'warn',
    services: ['payments-api'],
    message: /^a request could not be committed$/,
    faults: database,
    // An instance frozen in a transaction holds row locks for which the other waits.
    reachedFrom: ['payments-api'],
  },
  {
    id: 'request-not-served',
    level: 'warn',
    services: ['payments-api'],
    message: /^a request could not be served at the moment$/,
    faults: [...database, 'clock_step'],
  },
  {
    id: 'webhook-not-stored',
    level: 'warn',
    services: ['payments-api'],
    message: /^what became of a webhook could not be stored; it will be repeated$/,
    faults: database,
    owed: { by: 'simulation', from: SELDOM_WORLDS },
  },
  {
    id: 'webhooks-not-claimed',
    level: 'warn',
    services: ['payments-api'],
    message: /^webhooks could not be claimed; the next look does it$/,
    faults: database,
    owed: { by: 'simulation', from: SELDOM_WORLDS },
  },
  {
    // No member joins the group until Kafka has removed a killed member.
    id: 'waiting-at-start',
    level: 'warn',
    services: all,
    message: /^waiting for .+, for \d+ s so far$/,
    faults: [...process, 'database_away', 'kafka_away'],
    reachedFrom: all,
    owed: { by: 'chaos', from: CAMPAIGN_RUNS },
  },
  {
    id: 'kafka-refuses',
    level: 'warn',
    services: all,
    message: /^Kafka does not take events: they wait in the outbox$/,
    // To a process that was frozen, whatever it had asked for has timed out.
    faults: ['kafka_away', 'frozen'],
  },
  {
    id: 'breaker-opened',
    level: 'warn',
    services: ['bank-gateway'],
    message: /^the breaker of \w+ \(\w+\) went from \w+ to open$/,
    // To a process that was frozen, whatever it had asked for has timed out.
    faults: [...unreachable, 'frozen'],
  },
  {
    id: 'statement-unread',
    level: 'warn',
    services: ['bank-gateway'],
    message: /^the statement of \w+ cannot be read; it is asked for again$/,
    faults: unreachable,
  },
  {
    id: 'difference-found',
    level: 'warn',
    services: ['ledger'],
    message: /^a bank and the books do not agree: /,
    // Or the statement has a movement whose event the ledger has not received yet.
    faults: [...unreachable, ...database, ...process, 'kafka_away', 'event_lost', 'poison'],
    reachedFrom: ['bank-gateway'],
    isOfOneCharge: true,
    withinMs: 60_000,
  },
  {
    // A frozen or waiting service exceeds the time limits of its shutdown phases.
    id: 'shutdown-late',
    level: 'error',
    services: all,
    message: /^a phase of the shutdown takes too long: going on without it$/,
    faults: [...database, 'kafka_away'],
    owed: { by: 'simulation', from: SELDOM_WORLDS },
  },
  {
    id: 'parked',
    level: 'error',
    services: all,
    message: /^parked an event that fails whatever is tried$/,
    faults: ['poison'],
    isOfOneCharge: true,
  },
  {
    id: 'dropped',
    level: 'error',
    services: all,
    message: /^an event that was seen before fails: dropped, its effect stands$/,
    faults: ['poison'],
    isOfOneCharge: true,
    owed: { by: 'simulation', from: SELDOM_WORLDS },
  },
  {
    id: 'parked-again',
    level: 'error',
    services: all,
    message: /^a parked event failed again: its key stays parked$/,
    faults: ['poison'],
    isOfOneCharge: true,
    owed: { by: 'simulation', from: SELDOM_WORLDS },
  },
];

/** Entries that a campaign of this size must have used and has not. */
export function unusedWarnings(
  campaign: { readonly suite: Suite; readonly size: number; readonly uses: ReadonlyMap<string, number> },
  expected: readonly ExpectedWarning[] = expectedWarnings,
): ExpectedWarning[] {
  const { suite, size, uses } = campaign;
  return expected.filter(({ id, owed = { by: 'simulation', from: LONG_CAMPAIGN_WORLDS } }) => {
    return owed.by === suite && size >= owed.from && (uses.get(id) ?? 0) === 0;
  });
}
