import type { Instant } from '#clock';
import { chargeObject } from '../../charges/answers/charge-object.js';
import { failureOf } from '../../charges/charge/failure.js';
import { docUrlOf } from '../../protocol/stripe-error.js';
import { expands, within } from '../../protocol/expand.js';
import {
  amountCapturableMinor,
  amountReceivedMinor,
  cancellationOf,
  isFailureNew,
  nextPaymentMethod,
  statusOf,
  type ChargedIntent,
} from '../state/intent-status.js';
import { paymentMethodObject } from './payment-method-object.js';

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/**
 * Stripe's payment intent object, with every field that the API reference calls required.
 *
 * @param expand paths to render as objects instead of ids
 * @param now decides whether a balance transaction is available yet
 */
export function intentObject(charged: ChargedIntent, expand: readonly string[], now: Instant): object {
  const { intent, charge } = charged;
  const { details } = intent;
  const cancellation = cancellationOf(charged);
  const method = nextPaymentMethod(charged);
  return {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: intent.amount.amountMinor,
    amount_capturable: amountCapturableMinor(charged),
    amount_details: { tip: {} },
    amount_received: amountReceivedMinor(charged),
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: intent.automaticPaymentMethods && {
      allow_redirects: intent.automaticPaymentMethods.allowRedirects,
      enabled: true,
    },
    canceled_at: cancellation ? seconds(cancellation.at) : null,
    cancellation_reason: cancellation?.reason ?? null,
    capture_method: intent.captureMethod,
    client_secret: intent.clientSecret,
    confirmation_method: intent.confirmationMethod,
    created: seconds(intent.createdAt),
    currency: intent.amount.currency,
    customer: intent.customer,
    customer_account: null,
    description: details.description,
    excluded_payment_method_types: null,
    last_payment_error: lastPaymentError(charged),
    latest_charge:
      charge && expands(expand, 'latest_charge')
        ? chargeObject(charge, within(expand, 'latest_charge'), now)
        : intent.latestCharge,
    livemode: false,
    managed_payments: null,
    metadata: details.metadata,
    next_action: nextAction(charged),
    on_behalf_of: null,
    payment_method: method && expands(expand, 'payment_method') ? paymentMethodObject(method) : (method?.id ?? null),
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: intent.requestThreeDSecure,
      },
    },
    payment_method_types: intent.paymentMethodTypes,
    payment_record: null,
    processing: null,
    receipt_email: details.receiptEmail,
    review: null,
    setup_future_usage: intent.setupFutureUsage,
    shipping: details.shipping,
    source: null,
    statement_descriptor: details.statementDescriptor,
    statement_descriptor_suffix: details.statementDescriptorSuffix,
    status: statusOf(charged),
    transfer_data: null,
    transfer_group: details.transferGroup,
  };
}

/** Cleared by the next change of the intent, as at Stripe. */
function lastPaymentError(charged: ChargedIntent): object | null {
  const { intent, charge } = charged;
  if (isFailureNew(charged) && charge?.state === 'failed') {
    const { code, declineCode, message, param } = failureOf(charge.ending);
    return {
      charge: charge.opening.id,
      code,
      ...(declineCode !== null && { decline_code: declineCode }),
      doc_url: docUrlOf(code),
      message,
      ...(param !== undefined && { param }),
      ...(intent.paymentMethod && { payment_method: paymentMethodObject(intent.paymentMethod) }),
      type: 'card_error',
    };
  }
  if (!intent.failedSetup) return null;
  const { code, declineCode, message, paymentMethod } = intent.failedSetup;
  return {
    code,
    ...(declineCode !== null && { decline_code: declineCode }),
    doc_url: docUrlOf(code),
    message,
    payment_method: paymentMethodObject(paymentMethod),
    type: code === 'payment_intent_authentication_failure' ? 'invalid_request_error' : 'card_error',
  };
}

/** Where the customer authenticates: at the page of this service, or in a page of the merchant's own. */
function nextAction(charged: ChargedIntent): object | null {
  const { authentication } = charged.intent;
  if (statusOf(charged) !== 'requires_action' || !authentication) return null;
  const { pageUrl, returnUrl } = authentication;
  if (returnUrl !== null) return { redirect_to_url: { return_url: returnUrl, url: pageUrl }, type: 'redirect_to_url' };
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: pageUrl } };
}
