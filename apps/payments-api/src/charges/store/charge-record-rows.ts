import assert from 'node:assert/strict';
import { transactionValues } from '../../balance/balance-transaction.repository.js';
import type { PaymentIntent } from '../../payment-intents/intent/payment-intent.js';
import type { GivenAnswer } from '../../idempotency/key.js';
import { movementsOf } from '../charge/balance-movements.js';
import type { ChargeRecord } from '../charge/charge-record.js';
import type { Charge, OpenedCharge } from '../charge/charge.js';
import { isAwaiting, lapsesAt } from '../charge/pending.js';
import { refundState, type ChargeRefund } from '../charge/refund.js';
import { chargeOf, withKnown, type ChargeRow } from './charge-rows.repository.js';

/** A locked row, with how to render the answer of the request that opened it while that request waits. */
export interface LoadedRow extends ChargeRow {
  key: string;
  expand: string[] | null;
  apiVersion: string | null;
  holder: string | null;
  requestId: string | null;
  intent: PaymentIntent | null;
}

export function recordOf(row: LoadedRow): ChargeRecord {
  const { version, key, expand, apiVersion, holder, requestId, intent } = row;
  const charge = chargeOf(row);
  const renderings = new Map(
    expand && apiVersion && holder && requestId ? [[key, { expand, apiVersion, holder, requestId }]] : [],
  );
  return { charge, stored: charge, version, unsaved: [], intent, key, renderings };
}

/** Adds refunds that were loaded from the store. */
export function knowing(record: ChargeRecord, refunds: readonly ChargeRefund[]): ChargeRecord {
  const charge = withKnown(opened(record.charge), refunds);
  return { ...record, charge, stored: charge };
}

/** Parameters of `openStatement`. `traceparent` is written once, with the first event. */
export function openValues(saved: readonly { record: ChargeRecord; traceparent?: string | undefined }[]): unknown[] {
  const rows = saved.map(({ record, traceparent }) => ({ ...record, charge: opened(record.charge), traceparent }));
  for (const { charge } of rows) assert(!charge.ending && charge.refunds.count === 0, 'a charge opens before it ends');
  const openings = rows.map(({ charge }) => charge.opening);
  return [
    openings.map(({ id }) => id),
    openings.map(({ account }) => account),
    rows.map(({ charge }) => charge.state),
    rows.map(({ version }) => version),
    openings.map(({ amount }) => amount.amountMinor),
    openings.map(({ amount }) => amount.currency),
    openings.map(({ customer }) => customer),
    openings.map(({ paymentIntent }) => paymentIntent),
    openings.map(({ openedAt }) => openedAt),
    openings.map((opening) => JSON.stringify(opening)),
    rows.map(({ charge }) => JSON.stringify(charge.details)),
    rows.map(({ charge }) => charge.hold && JSON.stringify(charge.hold)),
    rows.map(({ charge }) => isAwaiting(charge)),
    rows.map(({ charge }) => lapsesAt(charge)),
    rows.map(({ key }) => key),
    rows.map(({ traceparent }) => traceparent ?? null),
    ...eventValues(saved.map(({ record }) => record)),
  ];
}

/** Parameters of `changeStatement`. Unchanged details are null, so that they are not written again. */
export function changeValues(records: readonly ChargeRecord[], answers: readonly GivenAnswer[]): unknown[] {
  const charges = records.map(({ charge }) => opened(charge));
  const movements = records.flatMap(({ unsaved }, place) =>
    movementsOf(charges[place]!, unsaved).map((transaction) => ({
      account: charges[place]!.opening.account,
      transaction,
    })),
  );
  return [
    charges.map(({ opening }) => opening.id),
    charges.map(({ state }) => state),
    records.map(({ version }) => version),
    records.map(({ stored }, place) => {
      const { details } = charges[place]!;
      return stored.state !== 'none' && stored.details === details ? null : JSON.stringify(details);
    }),
    charges.map(({ hold }) => hold && JSON.stringify(hold)),
    charges.map(({ ending }) => ending && JSON.stringify(ending)),
    charges.map(({ refunds }) => refunds.count),
    charges.map(({ refunds }) => refunds.pendingMinor),
    charges.map(({ refunds }) => refunds.succeededMinor),
    charges.map(isAwaiting),
    charges.map(lapsesAt),
    ...eventValues(records),
    answers.map(({ account }) => account),
    answers.map(({ key }) => key),
    answers.map(({ answer }) => answer.status),
    answers.map(({ answer }) => answer.body),
    ...transactionValues(movements),
  ];
}

function eventValues(records: readonly ChargeRecord[]): unknown[] {
  const events = records.flatMap(({ charge, version, unsaved }) =>
    unsaved.map(({ type, ...data }, place) => ({
      id: opened(charge).opening.id,
      version: version - unsaved.length + place + 1,
      type,
      data,
    })),
  );
  return [
    events.map(({ id }) => id),
    events.map(({ version }) => version),
    events.map(({ type }) => type),
    events.map(({ data }) => JSON.stringify(data)),
  ];
}

/** Parameters of `saveRefundsStatement`: refunds that this batch opened or changed; undefined if there are none. */
export function refundValues(records: readonly ChargeRecord[]): unknown[] | undefined {
  const refunds = records.flatMap(({ stored, charge }) =>
    changedRefunds(stored, opened(charge)).map((refund) => ({ charge: opened(charge).opening, refund })),
  );
  if (refunds.length === 0) return undefined;
  return [
    refunds.map(({ refund }) => refund.opening.id),
    refunds.map(({ charge }) => charge.account),
    refunds.map(({ charge }) => charge.id),
    refunds.map(({ refund }) => refundState(refund)),
    refunds.map(({ refund }) => refund.opening.amount.amountMinor),
    refunds.map(({ refund }) => refund.opening.amount.currency),
    refunds.map(({ refund }) => refund.opening.openedAt),
    refunds.map(({ refund }) => JSON.stringify(refund)),
  ];
}

function changedRefunds(before: Charge, after: OpenedCharge): ChargeRefund[] {
  if (after.refunds.count === 0) return [];
  const known = new Set(before.state === 'none' ? [] : before.refunds.known);
  return after.refunds.known.filter((refund) => !known.has(refund));
}

export function opened(charge: Charge): OpenedCharge {
  if (charge.state === 'none') throw new Error('a charge that was never opened has no row');
  return charge;
}
