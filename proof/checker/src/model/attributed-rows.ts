import type { ChargeEvidence, Evidence, RefundEvidence } from '../evidence.js';
import type { ApiAnswer } from '../history.js';
import { AccountTime } from './account-time.js';
import { bodyOf } from './api-objects.js';
import type { KeyedOperation } from './operation.js';
import { amountOf, readCharge } from './request.js';

/** Each row with the operation that made it. */
export interface AttributedRows {
  readonly evidence: Evidence;
  readonly operations: readonly KeyedOperation[];
  readonly charges: ReadonlyMap<string, ChargeEvidence>;
  readonly refundsOf: ReadonlyMap<string, readonly RefundEvidence[]>;
  readonly operationsOn: ReadonlyMap<string, readonly KeyedOperation[]>;
  readonly creation: ReadonlyMap<ChargeEvidence, KeyedOperation>;
  readonly refundOperation: ReadonlyMap<RefundEvidence, KeyedOperation>;
  readonly captureOf: (row: ChargeEvidence) => KeyedOperation | undefined;
  readonly timeOf: (account: string) => AccountTime;
  /** Rows without an operation, operations with two rows, answers about missing rows. */
  readonly violations: readonly string[];
}

export function claimRows(evidence: Evidence, operations: readonly KeyedOperation[]): AttributedRows {
  const charges = new Map(evidence.charges.map((row) => [row.id, row]));
  const byName = Map.groupBy(
    operations.filter(({ mayTakeEffect }) => mayTakeEffect),
    ({ account, key }) => `${account} ${key ?? ''}`,
  );
  const taken = new Map<KeyedOperation, string[]>();
  const violations: string[] = [];

  function claim(row: ChargeEvidence | RefundEvidence, asked: readonly KeyedOperation[]): KeyedOperation | undefined {
    const named = asked.filter(({ answer }) => idIn(answer) === row.id);
    const free = asked.filter((operation) => idIn(operation.answer) === undefined && !taken.has(operation));
    // A second row of an operation is attributed to it too, and reported.
    const operation = named[0] ?? free[0] ?? asked[0];
    if (!operation) {
      violations.push(`${row.id}: no request made it (${row.account}, ${nameOf(row.key)}: ${worded(row)})`);
      return undefined;
    }
    taken.set(operation, [...(taken.get(operation) ?? []), row.id]);
    return operation;
  }
  const under = (account: string, key: string): readonly KeyedOperation[] =>
    byName.get(`${account} ${isOwn(key) ? key : ''}`) ?? [];

  const creation = new Map<ChargeEvidence, KeyedOperation>();
  for (const row of evidence.charges) {
    const operation = claim(
      row,
      under(row.account, row.key).filter((one) => one.kind === 'create' && asksForCharge(one, row)),
    );
    if (operation) creation.set(row, operation);
  }
  const refundOperation = new Map<RefundEvidence, KeyedOperation>();
  for (const row of evidence.refunds) {
    if (row.key === null) continue;
    const operation = claim(
      row,
      under(row.account, row.key).filter((one) => one.kind === 'refund' && asksForRefund(one, row)),
    );
    if (operation) refundOperation.set(row, operation);
  }
  for (const [{ name }, ids] of taken)
    if (ids.length > 1) violations.push(`${name}: executed ${ids.length} times: ${ids.join(', ')}`);
  const refunds = new Set(evidence.refunds.map(({ id }) => id));
  for (const operation of operations) {
    const id = operation.kind === 'create' || operation.kind === 'refund' ? idIn(operation.answer) : undefined;
    if (id === undefined || taken.get(operation)?.includes(id)) continue;
    const exists = charges.has(id) || refunds.has(id);
    violations.push(
      `${operation.name}: its answer names ${id}, ${exists ? 'which another request made' : 'which does not exist'}`,
    );
  }
  const times = new Map<string, AccountTime>();
  const byAccount = Map.groupBy(evidence.exchanges, ({ account }) => account);
  return {
    evidence,
    operations,
    charges,
    refundsOf: Map.groupBy(evidence.refunds, ({ chargeId }) => chargeId),
    operationsOn: Map.groupBy(
      operations.filter(({ kind }) => kind === 'capture' || kind === 'refund' || kind === 'update_charge'),
      ({ about }) => about ?? '',
    ),
    creation,
    refundOperation,
    captureOf: ({ id, account, captureKey }) =>
      captureKey === null
        ? undefined
        : byName
            .get(`${account} ${isOwn(captureKey) ? captureKey : ''}`)
            ?.find(({ kind, about }) => kind === 'capture' && about === id),
    timeOf: (account) => {
      const time = times.get(account) ?? new AccountTime(byAccount.get(account) ?? []);
      times.set(account, time);
      return time;
    },
    violations,
  };
}

/** Whether the client sent the key. A generated key begins with a space. */
const isOwn = (key: string): boolean => !key.startsWith(' ');
const nameOf = (key: string | null): string => (key !== null && isOwn(key) ? `key ${key}` : 'without a key');

/** Id of the charge or refund in the answer. */
function idIn(answer: ApiAnswer | undefined): string | undefined {
  if (!answer) return undefined;
  const { object, error } = bodyOf(answer);
  if (object?.object === 'charge' || object?.object === 'refund') return object.id;
  return error?.type === 'card_error' ? error.charge : undefined;
}

function asksForCharge({ parameters }: KeyedOperation, row: ChargeEvidence): boolean {
  const { amountMinor, currency, isManual, card } = readCharge(parameters);
  return (
    row.amountMinor === amountMinor &&
    row.currency === currency &&
    row.capture === (isManual ? 'manual' : 'automatic') &&
    row.brand === card?.brand &&
    row.last4 === card.last4 &&
    row.fault === (card.fault ?? null)
  );
}

/** A request without an amount matches any: the rest of the charge is not known here. */
function asksForRefund(
  { parameters, about }: KeyedOperation,
  { chargeId, amountMinor, reason }: RefundEvidence,
): boolean {
  const wanted = amountOf(parameters);
  return (
    about === chargeId && (wanted === undefined || wanted === amountMinor) && (parameters['reason'] ?? null) === reason
  );
}

const worded = (row: ChargeEvidence | RefundEvidence): string =>
  'chargeId' in row
    ? `${row.amountMinor} of ${row.chargeId}`
    : `${row.amountMinor} ${row.currency} from ${row.brand} ${row.last4}, ${row.capture}${row.fault ? `, ${row.fault}` : ''}`;
