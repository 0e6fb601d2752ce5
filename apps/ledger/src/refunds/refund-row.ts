import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { bankProtocol, RefundRefusal } from '#contracts';
import { money, type Currency } from '#money';
import type { RefundReservation } from './refund.js';

/** A refund as it stands in its table; a column is null where its state has no such thing. */
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
  /** The bank's word for its refusal. */
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
  const wanted = {
    refundId: row.refund_id,
    chargeId: row.charge_id,
    account: row.account,
    amount: money(row.amount_minor, row.currency),
    moves: [],
  };
  switch (row.state) {
    case 'reserved':
      return { state: 'reserved', ...wanted, bank: there(row.bank) };
    case 'posted':
      return { state: 'posted', ...wanted, bank: there(row.bank), postedAt: there(row.posted_at) };
    case 'released':
      return { state: 'released', ...wanted, code: there(row.refusal_code) };
    case 'refused':
      return { state: 'refused', ...wanted, reason: there(row.refusal) };
  }
}

/** The table's own checks promise it. */
function there<T>(value: T | null): T {
  assert(value !== null, 'a refund lacks what its state needs');
  return value;
}
