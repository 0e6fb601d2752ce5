import { saidIn } from '../workload/merchant.js';
import type { Exchange } from '../workload/history.js';
import type { Strike } from '../nemesis/nemesis.js';
import type { RunFacts } from './run-facts.js';

/** Something that a campaign must have reached, or it has not tried hard enough. */
export interface Sometimes {
  /** Stays, so that reports of different ages compare. */
  readonly id: string;
  readonly what: string;
  readonly times: (facts: RunFacts) => number;
}

const LEASE_MS = 10_000;

export const sometimes: readonly Sometimes[] = [
  { id: 'breaker-opened', what: 'a breaker opened', times: transitionsTo('open') },
  { id: 'breaker-half-opened', what: 'a breaker half-opened', times: transitionsTo('half_open') },
  { id: 'breaker-closed', what: 'a breaker closed again', times: transitionsTo('closed') },
  {
    id: 'doubt-had-happened',
    what: 'an operation in doubt turned out to have happened',
    times: (facts) => doubts(facts).filter(({ happened }) => happened).length,
  },
  {
    id: 'doubt-had-not',
    what: 'an operation in doubt turned out not to have happened',
    times: (facts) => doubts(facts).filter(({ happened }) => !happened).length,
  },
  {
    id: 'late-refused',
    what: 'a bank refused what arrived too late',
    times: ({ journal }) =>
      journal.filter(
        (record) => record.type === 'refusal' && (record.code === 'validity_expired' || record.code === 'reversed'),
      ).length,
  },
  {
    id: 'reversed-unseen',
    what: 'an authorization was reversed that its bank had never seen',
    times: ({ journal }) => {
      const performed = new Set(journal.flatMap((record) => (record.type === 'entry' ? [record.reference] : [])));
      return journal.filter(
        (record) =>
          record.type === 'fence' && record.reference.includes('.authorize.') && !performed.has(record.reference),
      ).length;
    },
  },
  {
    id: 'duplicate-dropped',
    what: 'an inbox dropped a duplicate event',
    times: ({ duplicatesDropped }) => duplicatesDropped,
  },
  {
    id: 'crash-before-delete',
    what: 'a service crashed between publishing an event and deleting it',
    times: ({ copies, strikes, beganAt }) =>
      copies.copies.filter(({ service, saidAtMs }) =>
        strikes.some((struck) => crashes(struck, service) && isShortlyBefore(saidAtMs - beganAt, struck)),
      ).length,
  },
  {
    id: 'crash-after-begun',
    what: 'the gateway crashed between `begun` and the answer',
    times: (facts) => takenOverAfter(facts, (struck) => crashes(struck, 'bank-gateway')),
  },
  {
    id: 'rebalance-mid-batch',
    what: 'a consumer group was rebalanced in mid-batch',
    times: ({ logs }) => logs.rebalancesInMidBatch,
  },
  {
    id: 'worker-thawed',
    what: 'a worker was frozen past its lease, and thawed',
    times: (facts) => takenOverAfter(facts, (struck) => freezes(struck, 'bank-gateway')),
  },
  {
    id: 'leader-replaced',
    what: 'a leader was replaced while it was paused',
    times: ({ leasesPassed }) => [...leasesPassed.values()].reduce((sum, count) => sum + count, 0),
  },
  {
    id: 'poison-replayed',
    what: 'a poison event was parked, and replayed',
    times: ({ logs }) => Math.min(logs.parked, logs.replayed),
  },
  {
    id: 'pending-then-succeeded',
    what: 'a request was answered `pending`, and its charge succeeded later',
    times: ({ exchanges, evidence }) => {
      const states = new Map(evidence.charges.map(({ id, state }) => [id, state]));
      const pending = exchanges.filter((told) => told.status === 200 && saidIn(told).status === 'pending');
      const charges = new Set(
        pending.flatMap(({ asked, chargeId }) => (asked === 'charge' && chargeId ? [chargeId] : [])),
      );
      return [...charges].filter((id) => states.get(id) === 'succeeded').length;
    },
  },
  {
    id: 'capture-won',
    what: 'a capture raced a cancellation and won',
    times: (facts) => racesEnded(facts, 'succeeded'),
  },
  { id: 'cancel-won', what: 'a cancellation raced a capture and won', times: (facts) => racesEnded(facts, 'canceled') },
  {
    id: 'hold-refused-compensated',
    what: 'an authorization was given back after its hold was refused',
    times: ({ holds }) => holds.filter(({ state, cause }) => state === 'released' && cause === 'hold_refused').length,
  },
  {
    id: 'capture-failed-compensated',
    what: 'an authorization was given back after its capture failed',
    times: ({ holds }) => holds.filter(({ state, cause }) => state === 'released' && cause === 'capture_failed').length,
  },
  {
    id: 'dropped-answer-replayed',
    what: 'a client that lost its answer asked again and got it',
    times: ({ exchanges }) =>
      [...byKey(exchanges).values()].filter((told) => {
        const lost = told.find(({ status }) => status === undefined);
        return lost && told.some(({ replayed, number }) => replayed && number > lost.number);
      }).length,
  },
];

export interface Reached {
  readonly id: string;
  readonly what: string;
  readonly times: number;
}

export function countSometimes(facts: RunFacts): Reached[] {
  return sometimes.map(({ id, what, times }) => ({ id, what, times: times(facts) }));
}

/** Of several runs together. */
export function addUp(runs: readonly (readonly Reached[])[]): Reached[] {
  return sometimes.map(({ id, what }) => ({
    id,
    what,
    times: runs.reduce((sum, reached) => sum + (reached.find((each) => each.id === id)?.times ?? 0), 0),
  }));
}

export const missing = (reached: readonly Reached[]): Reached[] => reached.filter(({ times }) => times === 0);

function transitionsTo(state: string): Sometimes['times'] {
  return ({ logs }) => logs.transitions.filter(({ to }) => to === state).length;
}

/** Whether the bank had performed it by the moment at which nobody knew. */
function doubts({ logs, journal, operations }: RunFacts): { happened: boolean }[] {
  const ended = new Set(operations.flatMap(({ reference, endKind }) => (endKind ? [reference] : [])));
  const performedAt = new Map<string, number>();
  for (const record of journal) {
    if (record.type !== 'entry') continue;
    performedAt.set(record.reference, Math.min(record.at, performedAt.get(record.reference) ?? Infinity));
  }
  return logs.doubts
    .filter(({ operation }) => ended.has(operation))
    .map(({ operation, at }) => ({ happened: (performedAt.get(operation) ?? Infinity) <= at }));
}

function takenOverAfter(facts: RunFacts, isCause: (struck: Strike) => boolean): number {
  const causes = facts.strikes.filter(isCause);
  return facts.logs.doubts.filter(({ reason, at }) => {
    const ms = at - facts.beganAt;
    // Noticed by whoever takes it over: once its lease has lapsed, or a while after.
    return reason === 'taken_over' && causes.some(({ struckMs }) => ms > struckMs && ms < struckMs + 4 * LEASE_MS);
  }).length;
}

function crashes({ fault }: Strike, service: string): boolean {
  return (fault.kind === 'kill' || fault.kind === 'slow-start') && strikes(fault.processes, service);
}

/** Said when the crash was near: copies of other days have other causes. */
function isShortlyBefore(ms: number, { struckMs }: Strike): boolean {
  return ms > struckMs - 5_000 && ms < struckMs + 10_000;
}

function freezes({ fault, struckMs, standsMs = struckMs, liftingMs = 0 }: Strike, service: string): boolean {
  return fault.kind === 'freeze' && strikes(fault.processes, service) && liftingMs - standsMs > LEASE_MS;
}

const strikes = (processes: readonly string[], service: string): boolean =>
  processes.some((name) => name === service || name === `${service}-2`);

/** Both were asked for, each before the other was answered. */
function racesEnded({ exchanges, evidence }: RunFacts, state: string): number {
  const states = new Map(evidence.charges.map((charge) => [charge.id, charge.state]));
  const races = Map.groupBy(
    exchanges.filter(({ story, asked }) => story === 'capture races cancel' && asked !== 'charge'),
    ({ chargeId }) => chargeId,
  );
  return [...races].filter(([chargeId, told]) => {
    const captures = told.filter(({ asked }) => asked === 'capture');
    const cancels = told.filter(({ asked }) => asked === 'refund');
    const met = captures.some((capture) => cancels.some((cancel) => overlap(capture, cancel)));
    return met && chargeId !== undefined && states.get(chargeId) === state;
  }).length;
}

const overlap = (a: Exchange, b: Exchange): boolean => a.sentMs < b.endedMs && b.sentMs < a.endedMs;

function byKey(exchanges: readonly Exchange[]): Map<string, Exchange[]> {
  const keyed = exchanges.filter(({ asked }) => asked !== 'read' && asked !== 'hostile');
  return Map.groupBy(keyed, ({ account, key }) => `${account} ${key}`);
}
