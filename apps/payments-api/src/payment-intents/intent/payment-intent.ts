import type { Instant } from '#clock';
import type { Money } from '#money';
import type { Shipping } from '../../protocol/shipping.js';
import type { PaymentInstrument } from '../../test-cards/instrument.js';

export const captureMethods = ['automatic', 'automatic_async', 'manual'] as const;
export type CaptureMethod = (typeof captureMethods)[number];

export const cancellationReasons = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;
export type CancellationReason = (typeof cancellationReasons)[number];

/** What a merchant may write on an intent at any time; no decision about money reads it. */
export interface IntentDetails {
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receiptEmail: string | null;
  readonly shipping: Shipping | null;
  readonly transferGroup: string | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
}

/** The card that the intent is to be paid with. */
export interface IntentPaymentMethod {
  readonly id: string;
  readonly createdAt: Instant;
  readonly instrument: PaymentInstrument;
}

/** 3D Secure: `pending` while the customer is asked, `succeeded` until the charge is opened. */
export interface CustomerAuthentication {
  readonly state: 'pending' | 'succeeded';
  readonly returnUrl: string | null;
  /** The page that asks the customer; null when the merchant's own page does. */
  readonly pageUrl: string | null;
}

/** An attempt that ended before there was a charge. */
export interface FailedSetup {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  readonly paymentMethod: IntentPaymentMethod;
}

/** A request to cancel. */
export interface IntentCancellation {
  readonly at: Instant;
  readonly reason: CancellationReason | null;
  /** The authorization to be voided first, and only if it is does the request count; null when there was none. */
  readonly charge: string | null;
}

/**
 * The requests of a merchant for one payment. Its status is not here: `statusOf` reads it from the latest charge, so
 * that a charge that settles changes no second row.
 */
export interface PaymentIntent {
  readonly id: string;
  readonly account: string;
  /** Number of changes. */
  readonly version: number;
  /** On the account's clock. */
  readonly createdAt: Instant;
  readonly clientSecret: string;
  readonly amount: Money;
  readonly customer: string | null;
  readonly captureMethod: CaptureMethod;
  readonly confirmationMethod: 'automatic' | 'manual';
  readonly paymentMethodTypes: readonly string[];
  /** Null: `payment_method_types` were given. */
  readonly automaticPaymentMethods: { readonly allowRedirects: 'always' | 'never' } | null;
  readonly setupFutureUsage: 'off_session' | 'on_session' | null;
  readonly requestThreeDSecure: 'any' | 'automatic' | 'challenge';
  readonly details: IntentDetails;
  readonly paymentMethod: IntentPaymentMethod | null;
  readonly authentication: CustomerAuthentication | null;
  readonly failedSetup: FailedSetup | null;
  readonly latestCharge: string | null;
  /** The latest charge failed, and the merchant has changed the intent since. */
  readonly isFailureSeen: boolean;
  readonly cancellation: IntentCancellation | null;
}

/** The only way to change an intent. */
export function changeIntent(intent: PaymentIntent, changes: Partial<Omit<PaymentIntent, 'version'>>): PaymentIntent {
  return { ...intent, ...changes, version: intent.version + 1 };
}
