import { bank, payments, type NewEvent } from '#contracts';
import { usd } from '#money';
import { noRefund, type RefundReservation } from '../src/refunds/refund.js';
import { account, chargeId } from './charge.js';
import { decide } from './given.js';

export const refundId = 're_1';

/** Events of one refund of 4.00 of a charge of 9.00 at alder, with overrides. */
export const requested = (other: Partial<payments.RefundRequested> = {}): NewEvent =>
  payments.refundRequested({ refundId, chargeId, account, amount: usd(400), ...other });

export const succeeded = (other: Partial<bank.RefundSucceeded> = {}): NewEvent =>
  bank.refundSucceeded({
    refundId,
    chargeId,
    account,
    amount: usd(400),
    bank: 'alder',
    bankRefundId: 'alder_9',
    ...other,
  });

export const failed = (other: Partial<bank.RefundFailed> = {}): NewEvent =>
  bank.refundFailed({
    refundId,
    chargeId,
    account,
    amount: usd(400),
    bank: 'alder',
    code: 'account_closed',
    ...other,
  });

/** The refund after these events. */
export const after = (...events: readonly NewEvent[]): RefundReservation =>
  events.reduce<RefundReservation>((refund, event) => decide(refund, event).state, noRefund(refundId));
