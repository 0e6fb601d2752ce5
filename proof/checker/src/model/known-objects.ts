import type { BalanceTransactionRow, ChargeEvidence, Evidence, RefundEvidence } from '../evidence.js';
import type { BalanceTransactionObject, ChargeObject, RefundObject } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KeyedOperation } from './operation.js';
import { isPosted, sightingsIn, type SeenObject, type Sighting } from './sightings.js';

/** One object of an account: its row at rest, all that was shown of it, and bounds on when it came to be. */
export interface KnownObject<
  Row = ChargeEvidence | RefundEvidence | BalanceTransactionRow,
  Seen extends SeenObject = SeenObject,
> {
  readonly row: Row & { readonly id: string; readonly account: string; readonly createdMs: number };
  /** It did not exist before: what made it was sent then, or a later read did not find it. */
  readonly notBeforeMs: number;
  /** From then on it exists for every read, because an answer had shown it. */
  readonly surelyFromMs: number;
  /** In the order in which their requests were sent. */
  readonly sightings: readonly Sighting<Seen>[];
}

/** What a merchant may write on; its creation is unknown only for what nobody asked for. */
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
  /** Of objects that have no row. */
  readonly rowless: readonly Sighting[];
  /** From then on nothing moved. */
  readonly quietSinceMs: number;
}

/** When an operation was certainly performed: its client had heard so. */
export const performedMs = ({ answer, answeredMs }: KeyedOperation): number =>
  answer?.status === 200 || answer?.status === 402 ? answeredMs : Infinity;

const canTakeEffect = ({ mayTakeEffect, answer }: KeyedOperation): boolean =>
  mayTakeEffect && (answer === undefined || answer.status === 200 || answer.status === 402);

export function knowObjects(claims: AttributedRows): KnownObjects {
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
    // Where it must have been found, the read that missed it is wrong, and no bound.
    const missedMs = missed.get(`${row.account} ${row.id}`) ?? -Infinity;
    return { row, sightings, surelyFromMs, notBeforeMs: Math.max(since, missedMs < surelyFromMs ? missedMs : since) };
  }

  const refunds = new Map(
    evidence.refunds.map((row): [string, KnownRefund] => {
      const creation = claims.refundOperation.get(row);
      const written = { creation, updates: updates.get(`${row.account} ${row.id}`) ?? [] };
      return [row.id, { ...known<RefundEvidence, RefundObject>(row, sinceOf(creation)), ...written }];
    }),
  );
  const refundsOf = Map.groupBy(refunds.values(), ({ row }) => row.chargeId);
  const charges = new Map(
    evidence.charges.map((row): [string, KnownCharge] => {
      const creation = claims.creation.get(row);
      const written = { creation, updates: updates.get(`${row.account} ${row.id}`) ?? [] };
      // A client that was told of a decline knows the charge, too.
      const bounds = { ...sinceOf(creation), ...(creation && { shownBy: performedMs(creation) }) };
      return [
        row.id,
        { ...known<ChargeEvidence, ChargeObject>(row, bounds), ...written, refunds: refundsOf.get(row.id) ?? [] },
      ];
    }),
  );

  /** A movement of the balance is committed with what it comes of, so each shows the other. */
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

/** By account and id: when the last read was sent that did not find it. */
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
