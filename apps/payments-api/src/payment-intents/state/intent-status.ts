import type { Instant } from '#clock';
import { HELD_FOR_MS } from '../../charges/charge/manual-authorization.js';
import { pendingCapture } from '../../charges/charge/pending.js';
import type { OpenedCharge } from '../../charges/charge/charge.js';
import type { CancellationReason, IntentPaymentMethod, PaymentIntent } from '../intent/payment-intent.js';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** An intent with its latest charge, read or locked after the intent; null before the first. */
export interface ChargedIntent {
  readonly intent: PaymentIntent;
  readonly charge: OpenedCharge | null;
}

/** Stripe's status of an intent. Pure: it follows from the merchant's requests and from how far the latest charge has come. */
export function statusOf({ intent, charge }: ChargedIntent): IntentStatus {
  if (intent.cancellation?.charge === null) return 'canceled';
  switch (charge?.state) {
    case 'requested':
      return 'processing';
    case 'authorized':
      return pendingCapture(charge) ? 'processing' : 'requires_capture';
    case 'succeeded':
      return 'succeeded';
    case 'canceled':
      return 'canceled';
    case 'failed':
    case undefined:
      return statusBetweenCharges({ intent, charge: charge ?? null });
  }
}

function statusBetweenCharges(charged: ChargedIntent): IntentStatus {
  if (isFailureNew(charged)) return 'requires_payment_method';
  const { authentication, paymentMethod } = charged.intent;
  if (authentication?.state === 'pending') return 'requires_action';
  return paymentMethod ? 'requires_confirmation' : 'requires_payment_method';
}

/** True from the failure of the latest charge until the merchant changes the intent. */
export function isFailureNew({ intent, charge }: ChargedIntent): boolean {
  return charge?.state === 'failed' && !intent.isFailureSeen;
}

/** What the next confirmation pays with, unless it names another: a payment method that failed is taken off. */
export function nextPaymentMethod(charged: ChargedIntent): IntentPaymentMethod | null {
  return isFailureNew(charged) ? null : charged.intent.paymentMethod;
}

/** What every change of a merchant does to the traces of the attempt before. */
export function afterAttempt(charged: ChargedIntent): Partial<PaymentIntent> {
  return {
    paymentMethod: nextPaymentMethod(charged),
    isFailureSeen: charged.charge?.state === 'failed',
    failedSetup: null,
  };
}

export interface ShownCancellation {
  readonly at: Instant;
  readonly reason: CancellationReason | 'automatic' | null;
}

/** Undefined unless the intent is canceled. An authorization that lapsed cancels its intent, too. */
export function cancellationOf(charged: ChargedIntent): ShownCancellation | undefined {
  const { intent, charge } = charged;
  if (statusOf(charged) !== 'canceled') return undefined;
  if (charge?.state === 'canceled' && charge.ending.cause === 'expired') {
    return { at: (charge.hold?.authorizedAt ?? charge.opening.openedAt) + HELD_FOR_MS, reason: 'automatic' };
  }
  const { at, reason } = intent.cancellation ?? { at: intent.createdAt, reason: null };
  return { at, reason };
}

export const amountCapturableMinor = (charged: ChargedIntent): number =>
  statusOf(charged) === 'requires_capture' ? charged.charge!.opening.amount.amountMinor : 0;

export const amountReceivedMinor = ({ charge }: ChargedIntent): number =>
  charge?.state === 'succeeded' ? charge.ending.amount.amountMinor : 0;
