import type { Instant } from '#clock';
import { money } from '#money';
import { newDetails } from '../../charges/parameters/charge-details.js';
import type { CaptureMethod, IntentPaymentMethod, PaymentIntent } from '../intent/payment-intent.js';
import type { NewIntentParameters } from '../parameters/intent-parameters.js';

export interface IntentIdentity {
  readonly id: string;
  readonly account: string;
  readonly clientSecret: string;
}

/** The intent as its creation asks for it, before a confirmation. */
export function newIntent(
  { id, account, clientSecret }: IntentIdentity,
  given: NewIntentParameters,
  paymentMethod: IntentPaymentMethod | undefined,
  now: Instant,
): PaymentIntent {
  const { description, metadata, receiptEmail, shipping, transferGroup } = newDetails(given);
  const { automatic_payment_methods: automatic, payment_method_types: types } = given;
  const card = given.payment_method_options?.card;
  return {
    id,
    account,
    version: 1,
    createdAt: now,
    clientSecret,
    amount: money(given.amount, given.currency),
    customer: given.customer ?? null,
    captureMethod: card?.capture_method ?? (given.capture_method satisfies CaptureMethod),
    confirmationMethod: given.confirmation_method,
    paymentMethodTypes: (types as string[] | undefined) ?? ['card'],
    // Stripe's default since 2023-08-16.
    automaticPaymentMethods:
      types !== undefined || automatic?.enabled === false
        ? null
        : { allowRedirects: automatic?.allow_redirects ?? 'always' },
    setupFutureUsage: futureUsage(card?.setup_future_usage) ?? given.setup_future_usage,
    requestThreeDSecure: card?.request_three_d_secure ?? 'automatic',
    details: {
      description,
      metadata,
      receiptEmail,
      shipping,
      transferGroup,
      statementDescriptor: null,
      statementDescriptorSuffix: given.statement_descriptor_suffix,
    },
    paymentMethod: paymentMethod ?? null,
    authentication: null,
    failedSetup: null,
    latestCharge: null,
    isFailureSeen: false,
    cancellation: null,
  };
}

export const futureUsage = (
  written: 'none' | 'off_session' | 'on_session' | undefined,
): PaymentIntent['setupFutureUsage'] | undefined => (written === 'none' ? undefined : written);
