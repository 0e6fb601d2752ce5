import type { Instant } from '#clock';
import { formatMoney, type Money } from '#money';
import { StripeError, type ErrorBody } from '../../protocol/stripe-error.js';
import { statusOf, type ChargedIntent, type IntentStatus } from '../state/intent-status.js';
import { intentObject } from './intent-object.js';

// Errors for requests that do not fit the state of the intent, with Stripe's codes, which integrations match on.

/** Refusals show the intent as it stands. */
function refusal(
  charged: ChargedIntent,
  now: Instant,
  error: Pick<ErrorBody, 'message' | 'code' | 'param'>,
): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    ...error,
    payment_intent: intentObject(charged, [], now),
  });
}

const UNEXPECTED = 'payment_intent_unexpected_state';

export function notConfirmable(charged: ChargedIntent, now: Instant): StripeError {
  const status = statusOf(charged);
  const message =
    status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of ` +
        'the following statuses may be confirmed: requires_confirmation, requires_action.';
  return refusal(charged, now, { code: UNEXPECTED, message });
}

export const withoutPaymentMethod = (charged: ChargedIntent, now: Instant): StripeError =>
  refusal(charged, now, {
    code: UNEXPECTED,
    message:
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.',
  });

export function notCapturableIntent(charged: ChargedIntent, now: Instant): StripeError {
  const status = statusOf(charged);
  const because = status === 'succeeded' ? 'it has already been captured' : `it has a status of ${status}`;
  return refusal(charged, now, {
    code: UNEXPECTED,
    message:
      `This PaymentIntent could not be captured because ${because}. Only a PaymentIntent with one of the following ` +
      'statuses may be captured: requires_capture.',
  });
}

export const lapsedIntent = (charged: ChargedIntent, now: Instant): StripeError =>
  refusal(charged, now, {
    code: 'charge_expired_for_capture',
    message:
      'This PaymentIntent could not be captured because its authorization has expired: it is given back to the card.',
  });

export const captureOfIntentTooLarge = (charged: ChargedIntent, authorized: Money, now: Instant): StripeError =>
  refusal(charged, now, {
    code: 'amount_too_large',
    param: 'amount_to_capture',
    message: `The amount to capture is more than the capturable amount of this PaymentIntent: ${formatMoney(authorized)}.`,
  });

const cancelable: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

export const isCancelable = (charged: ChargedIntent): boolean => cancelable.includes(statusOf(charged));

export const notCancelable = (charged: ChargedIntent, now: Instant): StripeError =>
  refusal(charged, now, {
    code: UNEXPECTED,
    message:
      `You cannot cancel this PaymentIntent because it has a status of ${statusOf(charged)}. Only a PaymentIntent ` +
      `with one of the following statuses may be canceled: ${cancelable.join(', ')}.`,
  });

export const notAwaitingAuthentication = (charged: ChargedIntent, now: Instant): StripeError =>
  refusal(charged, now, {
    code: UNEXPECTED,
    message:
      `No customer is asked to authenticate this PaymentIntent, because it has a status of ${statusOf(charged)}. ` +
      'Confirm it with a card that requires authentication first.',
  });

export const notUpdatable = (charged: ChargedIntent, param: string, now: Instant): StripeError =>
  refusal(charged, now, {
    code: UNEXPECTED,
    param,
    message:
      `This PaymentIntent's ${param} could not be updated because it has a status of ${statusOf(charged)}. You may ` +
      `only update the ${param} of a PaymentIntent with one of the following statuses: requires_payment_method, ` +
      'requires_confirmation, requires_action.',
  });

/** 429 that the SDK retries: the other request will have its outcome in a moment. */
export const intentLockTimeout = (id: string): StripeError =>
  new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message: `PaymentIntent ${id} cannot be accessed right now because another request is working on it. Try again in a moment.`,
    },
    { 'stripe-should-retry': 'true' },
  );
