import type { BalanceTransactionObject } from './api-objects.js';
import { CLOCKS_DIFFER_MS } from './account-time.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KnownTransaction } from './known-objects.js';
import { readCharge } from './request.js';
import { transactionIdOf } from './shown-charges.js';
import { isSame, judgeEach, judgeFixed } from './shown-fields.js';
import { idOf, where } from './sightings.js';

const DAY_MS = 86_400_000;

/** The documents: what is captured becomes available at the first midnight, UTC, at least two days later. */
export const availableOnMs = (capturedMs: number): number => Math.ceil(capturedMs / DAY_MS + 2) * DAY_MS;

const changing = new Set(['description', 'source', 'status']);

export function judgeTransaction(known: KnownTransaction, { timeOf, creation, charges }: AttributedRows): string[] {
  const { row, sightings } = known;
  const { id } = row;
  const fee = row.amountMinor - row.netMinor;
  const charge = charges.get(row.source);
  const bypassesPending = readCharge((charge && creation.get(charge)?.parameters) ?? {}).card?.bypassesPending === true;
  return [
    ...wrongAtRest(known, timeOf, bypassesPending),
    ...sightings.flatMap((sighting) => {
      const { account, sentMs, endedMs } = sighting.exchange;
      const [leastMs, mostMs] = timeOf(account).between(sentMs, endedMs);
      const { status } = sighting.object;
      return [
        ...(account === row.account
          ? []
          : [`${id}: ${where(sighting)} shows it to another account than ${row.account}`]),
        ...(endedMs < known.notBeforeMs ? [`${id}: ${where(sighting)} shows it before it can have been posted`] : []),
        ...(status === 'available' && sighting.isFresh && mostMs + CLOCKS_DIFFER_MS < row.availableOnMs
          ? [`${id}: ${where(sighting)} shows it available before its time`]
          : []),
        ...(status === 'pending' && sighting.isFresh && leastMs - CLOCKS_DIFFER_MS >= row.availableOnMs
          ? [`${id}: ${where(sighting)} shows it pending after its time`]
          : []),
      ];
    }),
    ...judgeFixed(id, sightings, changing),
    ...judgeEach(id, sightings, (object) => [
      object.type !== row.type && `type ${object.type}, which is ${row.type} at rest`,
      idOf(object.source) !== row.source && `source ${idOf(object.source)}, which is ${row.source} at rest`,
      object.currency !== row.currency && `currency ${object.currency}, which is ${row.currency} at rest`,
      object.amount !== row.amountMinor && `amount ${object.amount}, which is ${row.amountMinor} at rest`,
      object.fee !== fee && `fee ${object.fee}, which is ${fee} at rest`,
      object.net !== object.amount - object.fee && `net ${object.net} of ${object.amount} less ${object.fee}`,
      object.created !== Math.floor(row.createdMs / 1_000) &&
        `created ${object.created}, and it was made at ${row.createdMs} ms`,
      object.available_on !== Math.floor(row.availableOnMs / 1_000) &&
        `available_on ${object.available_on}, which is ${row.availableOnMs} ms at rest`,
      object.reporting_category !== object.type && `reporting_category ${object.reporting_category}`,
      object.exchange_rate !== null && `exchange_rate ${object.exchange_rate}`,
      !isSame(object.fee_details, feeDetailsOf(object)) && `fee_details ${JSON.stringify(object.fee_details)}`,
    ]),
  ];
}

function feeDetailsOf({ fee, currency }: BalanceTransactionObject): object[] {
  if (fee === 0) return [];
  return [{ amount: fee, application: null, currency, description: 'Processing fees', type: 'stripe_fee' }];
}

/** Checks a row's creation and availability times, on its account's clock. Its amounts are checked against the ledger. */
function wrongAtRest(
  { row, notBeforeMs, surelyFromMs }: KnownTransaction,
  timeOf: AttributedRows['timeOf'],
  bypassesPending: boolean,
): string[] {
  const { id, type, source, createdMs } = row;
  const [leastMs, mostMs] = timeOf(row.account).between(notBeforeMs, surelyFromMs);
  // A refund reduces the available balance at once.
  const dueMs = type === 'charge' && !bypassesPending ? availableOnMs(createdMs) : createdMs;
  const kind = source.startsWith('ch_') ? 'charge' : 'refund';
  return [
    ...(row.availableOnMs === dueMs ? [] : [`available from ${row.availableOnMs} ms, which must be ${dueMs}`]),
    ...(type === kind && id === transactionIdOf(source) ? [] : [`of the type ${type}, and it comes of ${source}`]),
    ...(createdMs < leastMs - CLOCKS_DIFFER_MS || createdMs > mostMs + CLOCKS_DIFFER_MS
      ? [`made at ${createdMs} ms, and its account's time when it was posted was ${leastMs} to ${mostMs}`]
      : []),
  ].map((what) => `${id}: ${what}`);
}
