import type { Random } from '#virtual-time';
import type { PlannedCharge, MoneyOperation, MerchantOperation, ListWalk, Wanted } from '../operations/operation.js';
import { accounts, amountOf } from './accounts.js';

/** A leap in time at quiescence, and the operations after it. */
export interface TimeLeap {
  readonly leapMs: number;
  /** Times count from the end of the leap. */
  readonly operations: readonly MerchantOperation[];
}

/** First id of these operations. */
const FIRST_ID = 2_000;
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** Beyond the durations of a key (1 day), of pending money (2), of an authorization (7, below 8) and of an inbox (14). */
const LEAPS_MS = [20 * HOUR_MS, 25 * HOUR_MS, 3 * DAY_MS, 7 * DAY_MS + 6 * HOUR_MS, 15 * DAY_MS];
/** Time after a leap in which every minutely job has run. */
const WITHIN_MS = 15_000;

export function later(random: Random, money: readonly MoneyOperation[]): TimeLeap | undefined {
  if (!random.chance(0.1)) return undefined;
  const creates = money.filter((each) => each.kind === 'create');
  let nextId = FIRST_ID;
  const id = (): number => nextId++;
  const at = (): number => random.between(0, WITHIN_MS);
  const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  const operations: MerchantOperation[] = [
    // Each key once: a second use would get the first one's replay.
    ...chosen(random, creates, 2).map((like) => underAnOldKey(random, id(), at(), like)),
    ...times(3, () => ofOld(random, id(), at(), creates)),
    ...times(2, () => anew(random, id(), at())),
    walkOf(random, at()),
    { kind: 'balance', atMs: at(), account: random.pick(accounts) },
    { kind: 'retrieve', atMs: at(), of: random.pick(creates).id, expand: ['balance_transaction'] },
  ];
  return { leapMs: random.pick(LEAPS_MS), operations: operations.toSorted((a, b) => a.atMs - b.atMs) };
}

function chosen<T>(random: Random, items: readonly T[], count: number): T[] {
  const left = [...items];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(random.integer(0, left.length - 1), 1)[0]!,
  );
}

/** A request under an expired key, equal to the first or not. It must be executed as a new one. */
function underAnOldKey(random: Random, id: number, atMs: number, like: PlannedCharge): PlannedCharge {
  const amountMinor = random.chance(0.3) ? amountOf(random, like.currency) : like.amountMinor;
  return { ...like, id, atMs, amountMinor, keyOf: like.id };
}

/** An operation on an old charge: an authorization may have expired, a captured charge can still be refunded. */
function ofOld(random: Random, id: number, atMs: number, creates: readonly PlannedCharge[]): Wanted {
  const { id: charge, capture, amountMinor } = random.pick(creates);
  const kind = !capture && random.chance(0.6) ? 'capture' : 'refund';
  const part = random.chance(0.5) ? undefined : random.integer(1, amountMinor);
  return { kind, id, atMs, charge, amountMinor: part };
}

function anew(random: Random, id: number, atMs: number): PlannedCharge {
  const account = random.pick(accounts);
  const amountMinor = amountOf(random, 'usd');
  const capture = random.chance(0.6);
  return { kind: 'create', id, atMs, account, source: 'tok_visa', amountMinor, currency: 'usd', capture };
}

function walkOf(random: Random, atMs: number): ListWalk {
  const list = random.pick(['charges', 'refunds', 'balance_transactions'] as const);
  const direction = random.pick(['down', 'up'] as const);
  return {
    kind: 'walk',
    atMs,
    account: random.pick(accounts),
    list,
    limit: random.integer(2, 5),
    direction,
    filters: {},
  };
}
