import type { ChargeEvidence } from '../evidence.js';
import type { BalanceTransactionObject, ChargeObject } from './api-objects.js';
import type { KnownCharge, KnownObjects, KnownRefund } from './known-objects.js';
import { ENDED, judgeEach, judgeFixed, judgeProgress, type ObjectPhase } from './shown-fields.js';
import { chargeRegisters, judgeRegisters, metadataRegisters, type RegisterSighting } from './shown-registers.js';
import { idOf, where } from './sightings.js';
import { versionedFields } from './versions.js';

/** Fields that may change until the charge has ended. */
const untilEnd = [
  'amount_captured',
  'balance_transaction',
  'calculated_statement_descriptor',
  'captured',
  'failure_code',
  'failure_message',
  'outcome',
  'paid',
  'payment_method_details',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'status',
];
const always = [
  'amount_refunded',
  'balance_transaction',
  'description',
  'fraud_details',
  'metadata',
  'receipt_email',
  'refunded',
  'refunds',
  'shipping',
  'transfer_group',
];
const changing = new Set([...untilEnd, ...always, ...versionedFields]);
const changingAfterEnd = new Set([...always, ...versionedFields]);

export function judgeCharge(known: KnownCharge, objects: KnownObjects): string[] {
  const { row, sightings, notBeforeMs } = known;
  const { id } = row;
  if (sightings.length === 0) return [];
  const ended = sightings.filter(({ object }) => phaseOf(object).rank === ENDED);
  return [
    ...sightings.flatMap((sighting) => [
      ...(sighting.exchange.account === row.account
        ? []
        : [`${id}: ${where(sighting)} shows it to another account than ${row.account}`]),
      ...(sighting.exchange.endedMs < notBeforeMs
        ? [`${id}: ${where(sighting)} shows it before it was requested`]
        : []),
    ]),
    ...judgeProgress(id, sightings, phaseOf, phaseAtRest(row)),
    ...judgeFixed(id, sightings, changing),
    ...judgeFixed(id, ended, changingAfterEnd),
    ...judgeEach(id, sightings, (object) => [
      ...contradictions(object),
      object.amount !== row.amountMinor && `amount ${object.amount}, which is ${row.amountMinor} at rest`,
      object.currency !== row.currency && `currency ${object.currency}, which is ${row.currency} at rest`,
      object.created !== Math.floor(row.createdMs / 1_000) &&
        `created ${object.created}, and it was made at ${row.createdMs} ms`,
      object.captured &&
        object.amount_captured !== row.capturedMinor &&
        `${object.amount_captured} captured, which is ${row.capturedMinor} at rest`,
    ]),
    ...judgeRefunded(known, objects),
    ...judgeRegisters(id, known, registersIn(known, objects)),
  ];
}

/** Phase of a shown charge. An authorized charge that is being captured shows `pending`, at the same rank as an authorized one. */
export function phaseOf(charge: ChargeObject): ObjectPhase {
  if (charge.status === 'failed') return { rank: ENDED, name: 'failed' };
  if (charge.captured) return { rank: ENDED, name: 'captured' };
  if (charge.refunded) return { rank: ENDED, name: 'canceled' };
  return charge.paid ? { rank: 1, name: 'authorized' } : { rank: 0, name: 'requested' };
}

function phaseAtRest({ state }: ChargeEvidence): ObjectPhase {
  switch (state) {
    case 'requested':
      return { rank: 0, name: state };
    case 'authorized':
      return { rank: 1, name: state };
    case 'succeeded':
      return { rank: ENDED, name: 'captured' };
    case 'failed':
    case 'canceled':
      return { rank: ENDED, name: state };
  }
}

/** Fields that contradict each other. */
function contradictions(charge: ChargeObject): (string | false)[] {
  const { name } = phaseOf(charge);
  const { amount, amount_captured, amount_refunded } = charge;
  const isCaptured = name === 'captured';
  const isFailed = name === 'failed';
  const movement = isCaptured ? transactionIdOf(charge.id) : null;
  const released = isCaptured ? amount - amount_captured : name === 'canceled' ? amount : 0;
  return [
    charge.livemode && 'livemode',
    isCaptured
      ? !(amount_captured > 0 && amount_captured <= amount) && `${amount_captured} captured of ${amount}`
      : amount_captured !== 0 && `${amount_captured} captured of a charge that is ${name}`,
    !(amount_refunded >= released && amount_refunded <= (isCaptured ? amount : released)) &&
      `${amount_refunded} refunded of a charge of ${amount} that is ${name}`,
    charge.refunded !== (amount_refunded === amount) &&
      `refunded ${charge.refunded} with ${amount_refunded} of ${amount}`,
    charge.paid !== (name !== 'requested' && !isFailed) && `paid ${charge.paid} of a charge that is ${name}`,
    isCaptured && charge.status !== 'succeeded' && `status ${charge.status} of a charge that is captured`,
    isFailed !== (charge.failure_code !== null) && `failure_code ${charge.failure_code} of a charge that is ${name}`,
    idOf(charge.balance_transaction) !== movement &&
      `balance_transaction ${idOf(charge.balance_transaction)} of a charge that is ${name}`,
  ];
}

/** Id of the balance transaction of a charge or refund, as documented. */
export const transactionIdOf = (source: string): string => `txn_${source.slice(source.indexOf('_') + 1)}`;

/**
 * Checks `amount_refunded` of a captured charge: the uncaptured rest plus all refunds that did not fail. A refund that
 * is being requested, or may just have failed, may count or not.
 */
function judgeRefunded({ row, refunds, sightings }: KnownCharge, { quietSinceMs }: KnownObjects): string[] {
  if (row.state !== 'succeeded') return [];
  const parts = refunds
    .filter(({ row }) => !row.cancels)
    .map((refund) => ({ ...refund, failedMs: failedMs(refund, quietSinceMs) }));
  return sightings.flatMap((sighting) => {
    const { object, exchange, isFresh } = sighting;
    if (!isFresh || !object.captured) return [];
    const certain = parts.filter(({ surelyFromMs, row }) => surelyFromMs <= exchange.sentMs && row.state !== 'failed');
    const possible = parts.filter(
      (refund) =>
        !certain.includes(refund) && refund.notBeforeMs <= exchange.endedMs && refund.failedMs > exchange.sentMs,
    );
    const least = certain.reduce((sum, { row }) => sum + row.amountMinor, 0);
    const shown = object.amount_refunded - (object.amount - object.amount_captured);
    const amounts = possible.map(({ row }) => row.amountMinor);
    if (isSumOfSome(amounts, shown - least)) return [];
    const besides = amounts.length === 0 ? '' : ` and any of ${amounts.join(', ')}`;
    return [`${row.id}: ${where(sighting)} shows ${shown} of its capture refunded, which must be ${least}${besides}`];
  });
}

/** From this time on a failed refund certainly does not count. */
function failedMs({ row, sightings }: KnownRefund, quietSinceMs: number): number {
  if (row.state !== 'failed') return Infinity;
  const shown = sightings.filter(({ object }) => object.status === 'failed').map(({ exchange }) => exchange.endedMs);
  return Math.min(quietSinceMs, ...shown);
}

const EXACT_MAX = 12;

/** Whether a subset of the amounts has this sum. For very many, whether it lies between 0 and the total. */
export function isSumOfSome(amounts: readonly number[], sum: number): boolean {
  if (amounts.length > EXACT_MAX) {
    const all = amounts.reduce((total, amount) => total + amount, 0);
    return sum >= 0 && sum <= all;
  }
  let sums = new Set([0]);
  for (const amount of amounts) sums = new Set([...sums, ...[...sums].map((each) => each + amount)]);
  return sums.has(sum);
}

function registersIn({ row, sightings, ...written }: KnownCharge, objects: KnownObjects): RegisterSighting[] {
  const metadata = metadataRegisters(written, sightings);
  const fresh = sightings.filter(({ isFresh }) => isFresh);
  return [
    ...fresh.flatMap((sighting) => [
      ...chargeRegisters.map((register) => ({ register, value: valueOf(sighting.object, register), sighting })),
      ...metadata.map((register) => ({
        register,
        value: sighting.object.metadata[register.slice('metadata['.length, -1)] ?? null,
        sighting,
      })),
    ]),
    ...describedBy(row, objects),
  ];
}

function valueOf(charge: ChargeObject, register: (typeof chargeRegisters)[number]): string | null {
  return register === 'user_report' ? (charge.fraud_details.user_report ?? null) : charge[register];
}

/** Sightings of the charge's description in its balance transactions. */
function describedBy({ id }: ChargeEvidence, { transactions, charges }: KnownObjects): RegisterSighting[] {
  const sources = [id, ...charges.get(id)!.refunds.map(({ row }) => row.id)];
  return sources
    .flatMap((source) => transactions.get(transactionIdOf(source))?.sightings ?? [])
    .flatMap((sighting) => {
      const value = descriptionTold(sighting.object);
      return sighting.isFresh && value !== undefined ? [{ register: 'description' as const, value, sighting }] : [];
    });
}

function descriptionTold({ type, description }: BalanceTransactionObject): string | null | undefined {
  if (type === 'charge') return description;
  const match = /^REFUND FOR CHARGE(?: \(([^]*)\))?$/.exec(description ?? '');
  return match ? (match[1] ?? null) : undefined;
}
