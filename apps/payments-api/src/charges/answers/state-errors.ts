import { formatMoney, type Money } from '#money';
import { invalidRequest, StripeError } from '../../protocol/stripe-error.js';

// Errors for requests that do not fit the state of the charge, with Stripe's codes, which integrations match on.

export const alreadyCaptured = (id: string, instead = ''): StripeError =>
  invalidRequest(`Charge ${id} has already been captured.${instead}`, { code: 'charge_already_captured' });

export const alreadyRefunded = (id: string): StripeError =>
  invalidRequest(`Charge ${id} has already been refunded.`, { code: 'charge_already_refunded' });

export const expiredForCapture = (id: string): StripeError =>
  invalidRequest(
    `Charge ${id} cannot be captured because the authorization has expired: it was given back to the card.`,
    { code: 'charge_expired_for_capture' },
  );

export const notCapturable = (id: string, because: string): StripeError =>
  invalidRequest(`Charge ${id} cannot be captured: ${because}`);

/** The charge and its intent would tell different stories. */
export const ofIntent = (id: string, intentId: string, request: 'capture' | 'cancel'): StripeError =>
  invalidRequest(
    `Charge ${id} belongs to a PaymentIntent: ${request} it with \`POST /v1/payment_intents/${intentId}/${request}\`.`,
  );

export const withoutCharge = (intentId: string): StripeError =>
  invalidRequest(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
    param: 'payment_intent',
  });

export const notRefundable = (id: string, because: string): StripeError =>
  invalidRequest(`Charge ${id} cannot be refunded: ${because}`, { code: 'charge_not_refundable' });

export const captureTooLarge = (authorized: Money): StripeError =>
  invalidRequest(`The amount to capture is more than was authorized: ${formatMoney(authorized)}.`, {
    code: 'amount_too_large',
    param: 'amount',
  });

export const refundTooLarge = (wanted: Money, left: Money): StripeError =>
  invalidRequest(
    `Refund amount (${formatMoney(wanted)}) is greater than unrefunded amount on charge (${formatMoney(left)})`,
    { param: 'amount' },
  );

/** Failed refunds count too, because they are kept. */
export const tooManyRefunds = (id: string, limit: number): StripeError =>
  invalidRequest(`Charge ${id} already has ${limit} refunds, which is the most that a charge can have.`, {
    param: 'charge',
  });

/** 429 that the SDK retries: the other request will have its outcome in a moment. */
export const lockTimeout = (id: string): StripeError =>
  new StripeError(
    429,
    {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message: `Charge ${id} cannot be accessed right now because another request is working on it. Try again in a moment.`,
    },
    { 'stripe-should-retry': 'true' },
  );
