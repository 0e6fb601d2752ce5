import type { IntentPaymentMethod, PaymentIntent } from '../intent/payment-intent.js';
import type { ConfirmParameters } from '../parameters/intent-parameters.js';
import { authenticationPageOf } from '../authentication/page-url.js';

/** What one confirmation asks, beside the intent's own terms. */
export interface Confirmation {
  readonly intentId: string;
  readonly account: string;
  /** Of the charge that it opens. */
  readonly chargeId: string;
  readonly paymentMethod: IntentPaymentMethod | undefined;
  /** Terms that the request changes. */
  readonly changes: (intent: PaymentIntent) => Partial<PaymentIntent>;
  readonly returnUrl: string | null;
  /** The customer is not there to be asked. */
  readonly isOffSession: boolean;
  /** Ends the attempt where the customer would have to be asked. */
  readonly failsOnAction: boolean;
  /** A client of the merchant's page leads the customer on. */
  readonly usesSdk: boolean;
  /** Where a customer authenticates. */
  readonly pageUrl: (intent: PaymentIntent) => string;
  readonly expand: readonly string[];
}

/** @param baseUrl under which the caller reached this service */
export function confirmationOf(
  identity: Pick<Confirmation, 'intentId' | 'account' | 'chargeId' | 'paymentMethod' | 'changes'>,
  given: Pick<
    ConfirmParameters,
    'return_url' | 'off_session' | 'error_on_requires_action' | 'use_stripe_sdk' | 'expand'
  >,
  baseUrl: string,
): Confirmation {
  return {
    ...identity,
    returnUrl: given.return_url ?? null,
    isOffSession: given.off_session ?? false,
    failsOnAction: given.error_on_requires_action ?? false,
    usesSdk: given.use_stripe_sdk ?? false,
    pageUrl: (intent) => authenticationPageOf(intent, baseUrl),
    expand: given.expand,
  };
}
