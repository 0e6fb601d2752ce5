import type { Instant } from '#clock';
import { openCharge } from '../../charges/requests/create-charge.js';
import { refused, type DecideIntent, type RequestDecision } from '../../charges/requests/charge-request.js';
import { invalidRequest, resourceMissing, type StripeError } from '../../protocol/stripe-error.js';
import { setupAnswer, shownIntent } from '../answers/intent-answer.js';
import { authenticated, mustAuthenticate } from '../authentication/card-authentication.js';
import { intentLockTimeout, notConfirmable, withoutPaymentMethod } from '../answers/intent-errors.js';
import { changeIntent, type IntentPaymentMethod, type PaymentIntent } from '../intent/payment-intent.js';
import { afterAttempt, nextPaymentMethod, statusOf, type ChargedIntent } from '../state/intent-status.js';
import type { Confirmation } from './confirmation.js';
import { ownIntent } from '../state/own-intent.js';

/**
 * Opens the charge of an intent and requests its authorization. The intent is locked, so of two confirmations at once
 * the second sees the charge of the first.
 *
 * @param created the intent that the same request creates
 */
export function confirmIntent(confirmation: Confirmation, created?: (now: Instant) => PaymentIntent): DecideIntent {
  return (latest, now, stored) => {
    const { intentId, account } = confirmation;
    const charged = ownIntent(created ? created(now) : stored, latest, account);
    if (!charged) throw resourceMissing('payment_intent', intentId, 'intent');
    const status = statusOf(charged);
    // Not stored under the key: the charge that is under way may fail, and then the same request succeeds.
    if (status === 'processing') throw intentLockTimeout(intentId);
    if (status === 'succeeded' || status === 'canceled' || status === 'requires_capture')
      return refused(notConfirmable(charged, now));
    return attempt(charged, confirmation, now);
  };
}

function attempt(charged: ChargedIntent, confirmation: Confirmation, now: Instant): RequestDecision {
  const { paymentMethod = nextPaymentMethod(charged), changes, returnUrl, isOffSession, usesSdk } = confirmation;
  if (!paymentMethod) return refused(withoutPaymentMethod(charged, now));
  const before = { ...charged.intent, ...afterAttempt(charged), ...changes(charged.intent), paymentMethod };
  const mayRedirect = before.automaticPaymentMethods?.allowRedirects === 'always';
  if (mayRedirect && returnUrl === null && !isOffSession && !usesSdk) return refused(withoutReturnUrl());
  const { instrument } = paymentMethod;
  const isRequested = before.requestThreeDSecure !== 'automatic';
  const hasAuthenticated = charged.intent.authentication?.state === 'succeeded' && !confirmation.paymentMethod;
  const isAsked = mustAuthenticate(instrument, { isOffSession, isSetUp: false, isRequested }) && !hasAuthenticated;
  if (isAsked && !isOffSession) return ask({ intent: before, charge: charged.charge }, confirmation, now);
  const paying = isAsked ? instrument : authenticated(instrument, { byHolder: hasAuthenticated });
  return openAttempt(before, { ...paymentMethod, instrument: paying }, confirmation.chargeId, now);
}

/** The customer must act first, or the attempt ends here. */
function ask(
  charged: ChargedIntent,
  { returnUrl, failsOnAction, pageUrl, expand }: Confirmation,
  now: Instant,
): RequestDecision {
  const before = charged.intent;
  if (failsOnAction) {
    const failedSetup = {
      code: 'authentication_required',
      declineCode: null,
      message:
        'This payment required an authentication action to complete, but `error_on_requires_action` was set. When you ' +
        'are ready, you can upgrade your integration to handle actions.',
      paymentMethod: before.paymentMethod!,
    };
    const intent = changeIntent(before, { paymentMethod: null, authentication: null, failedSetup });
    return { events: [], emit: [], intent, answer: setupAnswer({ ...charged, intent }, failedSetup, now) };
  }
  const authentication = { state: 'pending' as const, returnUrl, pageUrl: pageUrl(before) };
  const intent = changeIntent(before, { authentication });
  return { events: [], emit: [], intent, answer: shownIntent({ ...charged, intent }, expand, now) };
}

/** Opens the charge of an attempt and requests its authorization. */
export function openAttempt(
  before: PaymentIntent,
  paying: IntentPaymentMethod,
  chargeId: string,
  now: Instant,
): RequestDecision {
  const { id, account, amount, captureMethod, customer, details } = before;
  const { description, metadata, receiptEmail, shipping, transferGroup } = details;
  const intent = changeIntent(before, { authentication: null, latestCharge: chargeId, isFailureSeen: false });
  const opening = {
    id: chargeId,
    account,
    amount,
    ...(captureMethod === 'manual' && { capture: 'manual' as const }),
    instrument: paying.instrument,
    openedAt: now,
    statementDescriptor: null,
    statementDescriptorSuffix: details.statementDescriptorSuffix,
    customer,
    paymentIntent: id,
    paymentMethod: paying.id,
  };
  const shown = { description, metadata, receiptEmail, shipping, transferGroup, fraudReport: null };
  return { ...openCharge(opening, shown), intent };
}

/** Stripe's rule for payment methods of the Dashboard, some of which leave the merchant's page. */
function withoutReturnUrl(): StripeError {
  return invalidRequest(
    'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
      'payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don’t ' +
      'want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and ' +
      '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
    { param: 'return_url' },
  );
}
