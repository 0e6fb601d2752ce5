import type { BalanceTransactionRow, ChargeEvidence, Evidence, RefundEvidence } from '../evidence.js';
import type { BalanceTransactionObject, ChargeObject, RefundObject } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KeyedOperation } from './operation.js';
import { isOfUncaptured } from './uncaptured.js';
import { isPosted, sightingsIn, type SeenObject, type Sighting } from './sightings.js';

/** One object of an account: its final row, its sightings, and bounds on its creation time. */
export interface KnownObject<
  Row = ChargeEvidence | RefundEvidence | BalanceTransactionRow,
  Seen extends SeenObject = SeenObject,
> {
  readonly row: Row & { readonly id: string; readonly account: string; readonly createdMs: number };
  /** Lower bound of its creation: the sending of its request, or a later read that did not find it. */
  readonly notBeforeMs: number;
  /** Upper bound: an answer had shown it, so every later read must find it. */
  readonly surelyFromMs: number;
  /** Ordered by the sending of their requests. */
  readonly sightings: readonly Sighting<Seen>[];
}

/** An updatable object. Its creation is undefined only if no request made it. */
interface Writable {
  readonly creation: KeyedOperation | undefined;
  readonly updates: readonly KeyedOperation[];
}
export interface KnownCharge extends KnownObject<ChargeEvidence, ChargeObject>, Writable {
  readonly refunds: readonly KnownRefund[];
}
export interface KnownRefund extends KnownObject<RefundEvidence, RefundObject>, Writable {}
export type KnownTransaction = KnownObject<BalanceTransactionRow, BalanceTransactionObject>;

export interface KnownObjects {
  readonly charges: ReadonlyMap<string, KnownCharge>;
  readonly refunds: ReadonlyMap<string, KnownRefund>;
  readonly transactions: ReadonlyMap<string, KnownTransaction>;
  /** Sightings of objects without a row. */
  readonly rowless: readonly Sighting[];
  /** Start of quiescence. */
  readonly quietSinceMs: number;
}

/** When an operation was certainly performed: at its final answer. */
export const performedMs = ({ answer, answeredMs }: KeyedOperation): number =>
  answer?.status === 200 || answer?.status === 402 ? answeredMs : Infinity;

const canTakeEffect = ({ mayTakeEffect, answer }: KeyedOperation): boolean =>
  mayTakeEffect && (answer === undefined || answer.status === 200 || answer.status === 402);

const known = new WeakMap<AttributedRows, KnownObjects>();

/** Computed once, for all judges. */
export function knowObjects(claims: AttributedRows): KnownObjects {
  const objects = known.get(claims) ?? readObjects(claims);
  known.set(claims, objects);
  return objects;
}

function readObjects(claims: AttributedRows): KnownObjects {
  const { evidence, operations } = claims;
  const { quietSinceMs = Infinity } = evidence;
  const seen = Map.groupBy(sightingsIn(evidence.exchanges), ({ object }) => object.id);
  const missed = lastMissed(evidence);
  const updates = Map.groupBy(
    operations.filter(({ kind }) => kind === 'update_charge' || kind === 'update_refund').filter(canTakeEffect),
    ({ account, about }) => `${account} ${about}`,
  );

  function known<Row extends KnownObject['row'], Seen extends SeenObject>(
    row: Row,
    { since = -Infinity, shownBy = Infinity, sightings = (seen.get(row.id) ?? []) as Sighting<Seen>[] },
  ): KnownObject<Row, Seen> {
    const surelyFromMs = Math.min(quietSinceMs, shownBy, ...sightings.map(({ exchange }) => exchange.endedMs));
    // A read that missed it after it must be found is a violation, not a bound.
    const missedMs = missed.get(`${row.account} ${row.id}`) ?? -Infinity;
    return { row, sightings, surelyFromMs, notBeforeMs: Math.max(since, missedMs < surelyFromMs ? missedMs : since) };
  }

  /** The refund of what was not captured is committed together with the end of its charge. */
  function withTheEnd({ chargeId }: RefundEvidence): { since?: number; shownBy: number } {
    const shown = (seen.get(chargeId) ?? []) as Sighting<ChargeObject>[];
    const ended = shown.filter(({ object }) => object.captured || object.refunded);
    const charge = claims.charges.get(chargeId);
    const shownBy = Math.min(Infinity, ...ended.map(({ exchange }) => exchange.endedMs));
    return { ...sinceOf((charge && claims.captureOf(charge)) ?? (charge && claims.creation.get(charge))), shownBy };
  }

  const refunds = new Map(
    evidence.refunds.map((row): [string, KnownRefund] => {
      const creation = claims.refundOperation.get(row);
      const written = { creation, updates: updates.get(`${row.account} ${row.id}`) ?? [] };
      const bounds = isOfUncaptured(row) ? withTheEnd(row) : sinceOf(creation);
      return [row.id, { ...known<RefundEvidence, RefundObject>(row, bounds), ...written }];
    }),
  );
  const refundsOf = Map.groupBy(refunds.values(), ({ row }) => row.chargeId);
  const charges = new Map(
    evidence.charges.map((row): [string, KnownCharge] => {
      const creation = claims.creation.get(row);
      const written = { creation, updates: updates.get(`${row.account} ${row.id}`) ?? [] };
      // A decline names its charge too.
      const bounds = { ...sinceOf(creation), ...(creation && { shownBy: performedMs(creation) }) };
      return [
        row.id,
        { ...known<ChargeEvidence, ChargeObject>(row, bounds), ...written, refunds: refundsOf.get(row.id) ?? [] },
      ];
    }),
  );

  /** A balance transaction is committed together with its source, so a sighting of either bounds both. */
  function transactionOf(row: BalanceTransactionRow): KnownTransaction {
    const source = charges.get(row.source) ?? refunds.get(row.source);
    const ofSource = (source?.sightings ?? []) as readonly Sighting<ChargeObject | RefundObject>[];
    const posted = ofSource.filter(({ object }) => isPosted(object)).map(({ exchange }) => exchange.endedMs);
    const shownBy = Math.min(Infinity, ...posted);
    const notYet = ofSource
      .filter(({ object, isFresh, exchange }) => isFresh && !isPosted(object) && exchange.sentMs < shownBy)
      .map(({ exchange }) => exchange.sentMs);
    const charge = charges.get(row.source)?.row;
    const capture = charge && claims.captureOf(charge);
    const since = Math.max(source?.notBeforeMs ?? -Infinity, capture?.sentMs ?? -Infinity, ...notYet);
    return known<BalanceTransactionRow, BalanceTransactionObject>(row, { since, shownBy });
  }
  const transactions = new Map(evidence.balanceTransactions.map((row) => [row.id, transactionOf(row)]));

  const rowless = [...seen].flatMap(([id, sightings]) =>
    charges.has(id) || refunds.has(id) || transactions.has(id) ? [] : sightings.slice(0, 1),
  );
  return { charges, refunds, transactions, rowless, quietSinceMs };
}

const sinceOf = (creation: KeyedOperation | undefined): { since?: number } =>
  creation ? { since: creation.sentMs } : {};

/** By account and id: the sending of the last read that did not find it. */
function lastMissed({ exchanges }: Evidence): Map<string, number> {
  const missed = new Map<string, number>();
  for (const { account, method, path, answer, sentMs } of exchanges) {
    if (method !== 'GET' || answer?.status !== 404) continue;
    const id = /^\/v1\/(?:charges|refunds|balance_transactions)\/([^/]+)$/.exec(path)?.[1];
    if (id === undefined) continue;
    const name = `${account} ${id}`;
    missed.set(name, Math.max(missed.get(name) ?? -Infinity, sentMs));
  }
  return missed;
}
