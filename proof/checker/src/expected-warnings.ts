import { bankProtocol } from '#contracts';
import type { FaultKind } from './faults.js';

/** A warning or error that faults provoke. */
export interface ExpectedWarning {
  /** Stays, so that reports of different ages compare. */
  readonly id: string;
  readonly level: 'warn' | 'error' | 'fatal';
  readonly services: readonly string[];
  readonly message: RegExp;
  readonly faults: readonly FaultKind[];
  /** It may come so long after the fault has ended. Default: ten seconds. */
  readonly withinMs?: number;
  /** Services whose faults bring it about as well, though another logs it. */
  readonly reachedFrom?: readonly string[];
  /** What banks did to other charges does not explain it. */
  readonly isOfOneCharge?: boolean;
  /** Which suite must come to it, and in how large a campaign: worlds of the simulation (default: 1,000), runs of chaos. */
  readonly owed?: { readonly by: Suite; readonly from: number };
}

export type Suite = 'simulation' | 'chaos';

/** From so many worlds on, a campaign of the simulation must have come to everything that it is made for. */
export const LONG_CAMPAIGN_WORLDS = 1_000;

/** So many chaos runs come to everything. */
const CAMPAIGN_RUNS = 10;
/** A thousand worlds rarely come to these. */
const SELDOM_WORLDS = 20_000;

const all = ['payments-api', 'bank-gateway', 'ledger'];
const database = ['database_away', 'commit_lost', 'frozen'] as const;
const process = ['killed', 'frozen', 'terminated', 'slow_start'] as const;
/** Nothing comes back, or nothing that helps. */
const unreachable = [...bankProtocol.faultNames, 'bank_unreachable'] as const;

/** An entry that nothing uses fails a campaign: what is not provoked any more is not to be expected either. */
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
    // An instance that is frozen in a transaction holds the locks that the other waits for.
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
    // Until the group has given up a member that was killed, nobody joins it.
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
    // Or the ledger has not heard yet of what its bank has on its statement already.
    faults: [...unreachable, ...database, ...process, 'kafka_away', 'event_lost', 'poison'],
    reachedFrom: ['bank-gateway'],
    isOfOneCharge: true,
    withinMs: 60_000,
  },
  {
    // It stands still, or waits for an answer, while its phases pass.
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

/** Entries that a campaign of this size should have used, and has not. */
export function unusedWarnings(
  campaign: { readonly suite: Suite; readonly size: number; readonly uses: ReadonlyMap<string, number> },
  expected: readonly ExpectedWarning[] = expectedWarnings,
): ExpectedWarning[] {
  const { suite, size, uses } = campaign;
  return expected.filter(({ id, owed = { by: 'simulation', from: LONG_CAMPAIGN_WORLDS } }) => {
    return owed.by === suite && size >= owed.from && (uses.get(id) ?? 0) === 0;
  });
}
