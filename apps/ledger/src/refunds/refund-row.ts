import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { bankProtocol, RefundRefusal } from '#contracts';
import { money, type Currency } from '#money';
import type { RefundReservation } from './refund.js';

/** A row of `refund`. Columns that its state does not have are null. */
export interface RefundRow {
  readonly refund_id: string;
  readonly charge_id: string;
  readonly account: string;
  readonly state: Exclude<RefundReservation['state'], 'none'>;
  readonly amount_minor: number;
  readonly currency: Currency;
  readonly bank: bankProtocol.BankName | null;
  readonly posted_at: Instant | null;
  readonly refusal: RefundRefusal | null;
  /** The bank's refusal code. */
  readonly refusal_code: string | null;
}

export function toRow(refund: Exclude<RefundReservation, { state: 'none' }>): RefundRow {
  const { state } = refund;
  return {
    refund_id: refund.refundId,
    charge_id: refund.chargeId,
    account: refund.account,
    state,
    amount_minor: refund.amount.amountMinor,
    currency: refund.amount.currency,
    bank: state === 'reserved' || state === 'posted' ? refund.bank : null,
    posted_at: state === 'posted' ? refund.postedAt : null,
    refusal: state === 'refused' ? refund.reason : null,
    refusal_code: state === 'released' ? refund.code : null,
  };
}

export function fromRow(row: RefundRow): Exclude<RefundReservation, { state: 'none' }> {
  const parts = {
    refundId: row.refund_id,
    chargeId: row.charge_id,
    account: row.account,
    amount: money(row.amount_minor, row.currency),
    moves: [],
  };
  switch (row.state) {
    case 'reserved':
      return { state: 'reserved', ...parts, bank: notNull(row.bank) };
    case 'posted':
      return { state: 'posted', ...parts, bank: notNull(row.bank), postedAt: notNull(row.posted_at) };
    case 'released':
      return { state: 'released', ...parts, code: notNull(row.refusal_code) };
    case 'refused':
      return { state: 'refused', ...parts, reason: notNull(row.refusal) };
  }
}

/** The table's CHECK constraints guarantee a value. */
function notNull<T>(value: T | null): T {
  assert(value !== null, 'a refund lacks what its state needs');
  return value;
}
