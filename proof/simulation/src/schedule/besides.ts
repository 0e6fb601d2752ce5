import { MAX_AMOUNT_MINOR } from '#money';
import type { Random } from '#virtual-time';
import {
  foreignAttempts,
  type PlannedCharge,
  type PlannedEdit,
  type ListName,
  type MisuseAttempt,
  type MoneyOperation,
  type MerchantOperation,
  type TestClockUse,
  type PlannedRead,
  type PlannedRefund,
  type ListWalk,
  type Wanted,
} from '../operations/operation.js';
import { mistakesKnown } from '../operations/requests.js';
import { accounts, metadataOf } from './accounts.js';

/** First id of these operations, so that ids do not depend on the number of others. */
const FIRST_ID = 1_000;
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Operations besides those that move money. Each world has some of them, so that it stays small.
 *
 * @param times multiple of the number in a small world
 */
export function besides(random: Random, money: readonly MoneyOperation[], times: number): MerchantOperation[] {
  const creates = money.filter((each) => each.kind === 'create');
  const refunds = money.filter((each) => each.kind === 'refund');
  let nextId = FIRST_ID;
  const id = (): number => nextId++;
  const some = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: random.integer(times - 1, times * most) }, make);
  const list: MerchantOperation[] = [
    ...some(5, () => readingOf(random, money, creates, refunds)),
    ...some(3, () => editOf(random, id(), creates, refunds)),
    ...some(3, () => misuseOf(random, id(), creates, refunds)),
    ...(random.chance(0.12) ? inParts(random, id, creates) : []),
    ...(random.chance(0.06) ? beyondItsBalance(random, id) : []),
    ...(random.chance(0.12) ? ownTime(random, id(), creates) : []),
    ...(random.chance(0.1) ? underTheSameKey(random, id(), creates) : []),
  ];
  return list;
}

/** A time soon after the operation, while it is in progress, or later. */
const after = (random: Random, { atMs }: { readonly atMs: number }): number =>
  atMs + (random.chance(0.4) ? random.between(0, 300) : random.between(300, 14_000));

const anotherThan = (random: Random, account: string): string =>
  random.pick(accounts.filter((each) => each !== account));

function readingOf(
  random: Random,
  money: readonly MoneyOperation[],
  creates: readonly PlannedCharge[],
  refunds: readonly PlannedRefund[],
): PlannedRead {
  const about: PlannedCharge | PlannedRefund =
    refunds.length > 0 && random.chance(0.3) ? random.pick(refunds) : random.pick(creates);
  const atMs = after(random, about);
  switch (random.integer(0, 4)) {
    case 0:
      return { kind: 'balance', atMs: after(random, random.pick(money)), account: random.pick(accounts) };
    case 1:
    case 2:
      return walkOf(random, creates, refunds);
    default:
      return { kind: 'retrieve', atMs, of: about.id, expand: random.chance(0.4) ? expandOf(random, about) : [] };
  }
}

const expandOf = (random: Random, { kind }: PlannedCharge | PlannedRefund): string[] =>
  kind === 'create'
    ? random.pick([
        ['balance_transaction'],
        ['refunds'],
        ['balance_transaction', 'refunds'],
        ['balance_transaction.source.refunds', 'refunds.data.balance_transaction.source', 'transfer'],
      ])
    : random.pick([
        ['charge'],
        ['balance_transaction'],
        ['charge.balance_transaction'],
        ['balance_transaction.source.charge', 'charge.refunds.data.charge'],
      ]);

const lists: readonly ListName[] = ['charges', 'charges', 'refunds', 'balance_transactions', 'refunds_of_charge'];

function walkOf(random: Random, creates: readonly PlannedCharge[], refunds: readonly PlannedRefund[]): ListWalk {
  const list = random.pick(lists);
  const refund = refunds.length > 0 ? random.pick(refunds) : undefined;
  const create = creates.find(({ id }) => id === refund?.charge) ?? random.pick(creates);
  const isAbout = list === 'refunds_of_charge' || (list !== 'charges' && random.chance(0.3));
  const about = list === 'balance_transactions' && refund && random.chance(0.5) ? refund.id : create.id;
  return {
    kind: 'walk',
    atMs: after(random, create),
    account: create.account,
    list,
    limit: random.integer(1, 4),
    direction: random.chance(0.6) ? 'down' : 'up',
    ...(isAbout && { about }),
    filters: list === 'balance_transactions' && !isAbout ? transactionsOnly(random, create) : {},
    ...(random.chance(0.2) && { createdFromMs: create.atMs }),
    ...(random.chance(0.2) && { createdBeforeMs: create.atMs + 2_000 }),
  };
}

function transactionsOnly(random: Random, { currency }: PlannedCharge): ListWalk['filters'] {
  return {
    ...(random.chance(0.3) && { type: random.pick(['charge', 'refund']) }),
    ...(random.chance(0.3) && { currency }),
  };
}

function editOf(
  random: Random,
  id: number,
  creates: readonly PlannedCharge[],
  refunds: readonly PlannedRefund[],
): PlannedEdit {
  const refund = refunds.length > 0 && random.chance(0.4) ? random.pick(refunds) : undefined;
  if (refund && random.chance(0.3)) return { kind: 'cancel_refund', id, atMs: after(random, refund), of: refund.id };
  const of = refund ?? random.pick(creates);
  const described = !refund && random.chance(0.3) ? { description: random.chance(0.3) ? '' : 'told anew' } : {};
  const metadata = metadataOf(random, { remove: true });
  const unsetsAll = id % 5 === 0;
  const mailed = !refund && id % 3 === 0 ? { receipt_email: id % 2 === 0 ? '' : `seller-${id}@example.com` } : {};
  const details = { ...(unsetsAll ? { metadata: '' } : metadata), ...described, ...mailed };
  return { kind: 'update', id, atMs: after(random, of), of: of.id, details };
}

function misuseOf(
  random: Random,
  id: number,
  creates: readonly PlannedCharge[],
  refunds: readonly PlannedRefund[],
): MisuseAttempt {
  const create = random.pick(creates);
  switch (random.integer(0, 3)) {
    case 0: {
      const atMs = after(random, create);
      return { kind: 'malformed', id, atMs, account: create.account, mistake: random.pick(mistakesKnown) };
    }
    case 1:
      return { kind: 'key_misuse', atMs: after(random, create), of: create.id, elsewhere: random.chance(0.4) };
    default: {
      const refund = refunds.length > 0 && random.chance(0.3) ? random.pick(refunds) : undefined;
      const owner = refund ? creates.find((each) => each.id === refund.charge)! : create;
      const account = anotherThan(random, owner.account);
      const attempt = random.pick(foreignAttempts.filter((each) => isForKind(each, refund !== undefined)));
      return { kind: 'foreign', id, atMs: after(random, refund ?? owner), account, of: (refund ?? owner).id, attempt };
    }
  }
}

const isForKind = (attempt: (typeof foreignAttempts)[number], isRefund: boolean): boolean =>
  isRefund ? attempt !== 'capture' && attempt !== 'refund' : attempt !== 'cancel_refund';

/** Partial refunds of a captured charge, most of them concurrent, and one beyond the captured amount. */
function inParts(random: Random, id: () => number, creates: readonly PlannedCharge[]): Wanted[] {
  const captured = creates.filter(({ capture }) => capture);
  if (captured.length === 0) return [];
  const { id: charge, atMs, amountMinor } = random.pick(captured);
  const parts = random.integer(2, 4);
  const each = Math.max(1, Math.floor(amountMinor / parts));
  const firstMs = atMs + random.between(500, 5_000);
  return Array.from({ length: parts + 1 }, () => ({
    kind: 'refund',
    id: id(),
    atMs: firstMs + (random.chance(0.7) ? random.between(0, 20) : random.between(20, 3_000)),
    charge,
    amountMinor: each,
  }));
}

/** A charge whose fee exceeds the overdraft, and its full refund. */
function beyondItsBalance(random: Random, id: () => number): Wanted[] {
  const charge = id();
  const atMs = random.between(0, 4_000);
  const account = random.pick(accounts);
  const amountMinor = random.integer(40_000_000, MAX_AMOUNT_MINOR);
  return [
    { kind: 'create', id: charge, atMs, account, source: 'tok_visa', amountMinor, currency: 'usd', capture: true },
    { kind: 'refund', id: id(), atMs: atMs + random.between(500, 6_000), charge, amountMinor: undefined },
    { kind: 'refund', id: id(), atMs: atMs + random.between(500, 6_000), charge, amountMinor: 1_001 },
  ];
}

/** A test clock that is advanced by a week in all, so that authorizations expire. */
function ownTime(random: Random, id: number, creates: readonly PlannedCharge[]): TestClockUse[] {
  const { account, atMs } = random.pick(creates);
  const advances = Array.from({ length: random.integer(1, 3) }, () => ({
    afterMs: random.between(500, 6_000),
    byMs: random.pick([HOUR_MS, 3 * DAY_MS, 7 * DAY_MS + 6 * HOUR_MS]),
  }));
  const aheadMs = random.pick([0, 0, DAY_MS]);
  return [
    { kind: 'own_time', id, atMs: random.chance(0.5) ? random.between(0, 500) : atMs, account, aheadMs, advances },
  ];
}

/** The same idempotency key in another account, which must be independent. */
function underTheSameKey(random: Random, id: number, creates: readonly PlannedCharge[]): PlannedCharge[] {
  const like = random.pick(creates);
  return [{ ...like, id, atMs: after(random, like), account: anotherThan(random, like.account), keyOf: like.id }];
}
