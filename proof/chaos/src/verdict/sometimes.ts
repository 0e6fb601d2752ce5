import { answerBody, sometimes, type SometimesCounts, type SometimesId } from '#checker';
import type { RunningStrike } from '../nemesis/nemesis.js';
import type { RunFacts } from './run-facts.js';
import { kindOfRequest, chargeOf, operationOf, type RecordedExchange } from '../workload/exchange.js';

const LEASE_MS = 10_000;

const counts: SometimesCounts<RunFacts> = {
  'breaker-opened': transitionsTo('open'),
  'breaker-half-opened': transitionsTo('half_open'),
  'breaker-closed': transitionsTo('closed'),
  'doubt-had-happened': (facts) => doubts(facts).filter(({ happened }) => happened).length,
  'doubt-had-not': (facts) => doubts(facts).filter(({ happened }) => !happened).length,
  'late-refused': ({ journal }) =>
    journal.filter(
      (record) => record.type === 'refusal' && (record.code === 'validity_expired' || record.code === 'reversed'),
    ).length,
  'reversed-unseen': ({ journal }) => {
    const performed = new Set(journal.flatMap((record) => (record.type === 'entry' ? [record.reference] : [])));
    return journal.filter(
      (record) =>
        record.type === 'fence' && record.reference.includes('.authorize.') && !performed.has(record.reference),
    ).length;
  },
  'duplicate-dropped': ({ duplicatesDropped }) => duplicatesDropped,
  'crash-before-delete': ({ copies, strikes, beganAt }) =>
    copies.copies.filter(({ service, saidAtMs }) =>
      strikes.some((struck) => crashes(struck, service) && isShortlyBefore(saidAtMs - beganAt, struck)),
    ).length,
  'crash-after-begun': (facts) => takenOverAfter(facts, (struck) => crashes(struck, 'bank-gateway')),
  'rebalance-mid-batch': ({ logs }) => logs.rebalancesInMidBatch,
  'worker-thawed': (facts) => takenOverAfter(facts, (struck) => freezes(struck, 'bank-gateway')),
  'leader-replaced': ({ leasesPassed }) => [...leasesPassed.values()].reduce((sum, count) => sum + count, 0),
  'poison-replayed': ({ logs }) => Math.min(logs.parked, logs.replayed),
  'pending-then-succeeded': ({ exchanges, evidence }) => {
    const states = new Map(evidence.charges.map(({ id, state }) => [id, state]));
    const pending = exchanges
      .filter((each) => kindOfRequest(each) === 'charge' && each.answer?.status === 200)
      .map(answerBody)
      .filter(({ status }) => status === 'pending');
    const charges = new Set(pending.map(({ id }) => id));
    return [...charges].filter((id) => states.get(id!) === 'succeeded').length;
  },
  'capture-won': (facts) => racesEnded(facts, 'succeeded'),
  'cancel-won': (facts) => racesEnded(facts, 'canceled'),
  'hold-refused-compensated': ({ holds }) =>
    holds.filter(({ state, cause }) => state === 'released' && cause === 'hold_refused').length,
  'capture-failed-compensated': ({ holds }) =>
    holds.filter(({ state, cause }) => state === 'released' && cause === 'capture_failed').length,
  'dropped-answer-replayed': ({ exchanges }) =>
    [...byKey(exchanges).values()].filter((sent) => {
      const lost = sent.find(({ answer }) => answer === undefined);
      return lost && sent.some(({ answer, number }) => answer?.replayed && number > lost.number);
    }).length,
};

export interface ReachedState {
  readonly id: SometimesId;
  readonly what: string;
  readonly times: number;
}

export function countSometimes(facts: RunFacts): ReachedState[] {
  return sometimes.map(({ id, what }) => ({ id, what, times: counts[id](facts) }));
}

/** Sums the hard states of several runs. */
export function addUp(runs: readonly (readonly ReachedState[])[]): ReachedState[] {
  return sometimes.map(({ id, what }) => ({
    id,
    what,
    times: runs.reduce((sum, reached) => sum + (reached.find((each) => each.id === id)?.times ?? 0), 0),
  }));
}

export const missing = (reached: readonly ReachedState[]): ReachedState[] => reached.filter(({ times }) => times === 0);

function transitionsTo(state: string): (facts: RunFacts) => number {
  return ({ logs }) => logs.transitions.filter(({ to }) => to === state).length;
}

/** Doubts, and whether the bank had performed the operation by then. */
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

function takenOverAfter(facts: RunFacts, isCause: (struck: RunningStrike) => boolean): number {
  const causes = facts.strikes.filter(isCause);
  return facts.logs.doubts.filter(({ reason, at }) => {
    const ms = at - facts.beganAt;
    // The instance that takes it over logs this once the lease has expired, or some time later.
    return reason === 'taken_over' && causes.some(({ struckMs }) => ms > struckMs && ms < struckMs + 4 * LEASE_MS);
  }).length;
}

function crashes({ fault }: RunningStrike, service: string): boolean {
  return (fault.kind === 'kill' || fault.kind === 'slow_start') && strikes(fault.processes, service);
}

/** Published near the crash. Other duplicates have other causes. */
function isShortlyBefore(ms: number, { struckMs }: RunningStrike): boolean {
  return ms > struckMs - 5_000 && ms < struckMs + 10_000;
}

function freezes({ fault, struckMs, standsMs = struckMs, liftingMs = 0 }: RunningStrike, service: string): boolean {
  return fault.kind === 'freeze' && strikes(fault.processes, service) && liftingMs - standsMs > LEASE_MS;
}

const strikes = (processes: readonly string[], service: string): boolean =>
  processes.some((name) => name === service || name === `${service}-2`);

/** Capture and cancellation of one charge that overlapped: each was sent before the other was answered. */
function racesEnded({ exchanges, evidence }: RunFacts, state: string): number {
  const states = new Map(evidence.charges.map((charge) => [charge.id, charge.state]));
  const races = Map.groupBy(
    exchanges.filter((each) => each.story === 'capture races cancel' && kindOfRequest(each) !== 'charge'),
    chargeOf,
  );
  return [...races].filter(([chargeId, requests]) => {
    const captures = requests.filter((exchange) => kindOfRequest(exchange) === 'capture');
    const cancels = requests.filter((exchange) => kindOfRequest(exchange) === 'refund');
    const met = captures.some((capture) => cancels.some((cancel) => overlap(capture, cancel)));
    return met && chargeId !== undefined && states.get(chargeId) === state;
  }).length;
}

const overlap = (a: RecordedExchange, b: RecordedExchange): boolean => a.sentMs < b.endedMs && b.sentMs < a.endedMs;

function byKey(exchanges: readonly RecordedExchange[]): Map<string, RecordedExchange[]> {
  return Map.groupBy(
    exchanges.filter((exchange) => kindOfRequest(exchange) !== undefined),
    operationOf,
  );
}
