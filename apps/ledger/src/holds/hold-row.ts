import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { bank, bankProtocol, HoldRefusal, ReleaseCause } from '#contracts';
import { money, type Currency, type Money } from '#money';
import type { BankCapture, Hold, SuspendedCapture } from './hold.js';

/** A row of `hold`. Columns that its state does not have are null. */
export interface HoldRow {
  readonly charge_id: string;
  readonly state: Exclude<Hold['state'], 'none'>;
  readonly account: string;
  readonly bank: bankProtocol.BankName;
  readonly currency: Currency | null;
  readonly amount_minor: number | null;
  readonly capture: bank.AuthorizationApproved['capture'] | null;
  readonly placed_at: Instant | null;
  readonly posted_minor: number | null;
  readonly fee_minor: number | null;
  readonly posted_at: Instant | null;
  readonly refusal: HoldRefusal | null;
  readonly cause: ReleaseCause | null;
  readonly refusal_code: string | null;
  /** The captured amount in suspense. */
  readonly stray_minor: number | null;
  /** The bank id of that capture. */
  readonly bank_capture_id: string | null;
  /** The bank id of the refund that compensated it. */
  readonly compensated_by: string | null;
}

const empty = {
  currency: null,
  amount_minor: null,
  capture: null,
  placed_at: null,
  posted_minor: null,
  fee_minor: null,
  posted_at: null,
  refusal: null,
  cause: null,
  refusal_code: null,
  stray_minor: null,
  bank_capture_id: null,
  compensated_by: null,
} as const;

export function toRow(hold: Exclude<Hold, { state: 'none' }>): HoldRow {
  const { chargeId, account, bank, state } = hold;
  const parties = { ...empty, charge_id: chargeId, state, account, bank };
  switch (hold.state) {
    case 'pending':
      return { ...parties, ...approvedColumns(hold), placed_at: hold.placedAt };
    case 'posted':
      return {
        ...parties,
        ...approvedColumns(hold),
        posted_minor: hold.posted.amountMinor,
        fee_minor: hold.fee.amountMinor,
        posted_at: hold.postedAt,
      };
    case 'refused':
      return { ...parties, ...approvedColumns(hold), refusal: hold.reason, ...suspendedColumns(hold) };
    case 'released':
      return {
        ...parties,
        currency: hold.suspended?.amount.currency ?? null,
        cause: hold.cause,
        refusal: hold.holdRefusal,
        refusal_code: hold.refusalCode,
        ...suspendedColumns(hold),
      };
    case 'unmatched':
      return { ...parties, currency: hold.captured.amount.currency, ...captureColumns(hold.captured) };
  }
}

export function fromRow(row: HoldRow): Hold {
  const parties = { chargeId: row.charge_id, account: row.account, bank: row.bank, moves: [] };
  switch (row.state) {
    case 'pending':
      return { state: 'pending', ...parties, ...approvedOf(row), placedAt: notNull(row.placed_at) };
    case 'posted':
      return {
        state: 'posted',
        ...parties,
        ...approvedOf(row),
        posted: moneyOf(row.posted_minor, row),
        fee: moneyOf(row.fee_minor, row),
        postedAt: notNull(row.posted_at),
      };
    case 'refused':
      return {
        state: 'refused',
        ...parties,
        ...approvedOf(row),
        reason: notNull(row.refusal),
        suspended: suspendedOf(row),
      };
    case 'released':
      return {
        state: 'released',
        ...parties,
        cause: notNull(row.cause),
        holdRefusal: row.refusal,
        refusalCode: row.refusal_code,
        suspended: suspendedOf(row),
      };
    case 'unmatched':
      return { state: 'unmatched', ...parties, captured: captureOf(row) };
  }
}

function approvedColumns(hold: { amount: Money; capture: bank.AuthorizationApproved['capture'] }) {
  return { currency: hold.amount.currency, amount_minor: hold.amount.amountMinor, capture: hold.capture };
}

function approvedOf(row: HoldRow) {
  return { amount: moneyOf(row.amount_minor, row), capture: notNull(row.capture) };
}

function captureColumns({ amount, bankCaptureId }: BankCapture) {
  return { stray_minor: amount.amountMinor, bank_capture_id: bankCaptureId };
}

function suspendedColumns({ suspended }: SuspendedCapture) {
  return suspended && { ...captureColumns(suspended), compensated_by: suspended.compensatedBy };
}

function captureOf(row: HoldRow): BankCapture {
  // Older rows have no id. The gateway can compensate its recorded capture without it.
  return { amount: moneyOf(row.stray_minor, row), bankCaptureId: row.bank_capture_id ?? 'unknown' };
}

const suspendedOf = (row: HoldRow): SuspendedCapture['suspended'] =>
  row.stray_minor === null ? null : { ...captureOf(row), compensatedBy: row.compensated_by };

const moneyOf = (amountMinor: number | null, row: HoldRow): Money => money(notNull(amountMinor), notNull(row.currency));

/** The table's CHECK constraints guarantee a value. */
function notNull<T>(value: T | null): T {
  assert(value !== null, 'a hold lacks what its state needs');
  return value;
}
