import type { Instant } from '#clock';
import { noAddress, type BillingDetails } from '../protocol/contact-parameters.js';
import type { PaymentInstrument } from '../test-cards/instrument.js';

export const redisplays = ['always', 'limited', 'unspecified'] as const;
export type AllowRedisplay = (typeof redisplays)[number];

/** A card that is stored to be charged: `pm_…`, or `card_…` for a source of a customer. It holds no card number. */
export interface PaymentMethod {
  readonly id: string;
  readonly account: string;
  /** Null: attached to none. */
  readonly customer: string | null;
  /** On the account's clock. */
  readonly createdAt: Instant;
  readonly instrument: PaymentInstrument;
  readonly billing: BillingDetails;
  readonly metadata: Readonly<Record<string, string>>;
  readonly allowRedisplay: AllowRedisplay;
  /** It was detached, or charged without a customer: it can be neither attached nor charged any more. */
  readonly spent: boolean;
}

/** Of a card that was given with its holder's name and address. */
export function billingOfCard({ name, address }: PaymentInstrument): BillingDetails {
  return { address: address ?? noAddress, email: null, name, phone: null, tax_id: null };
}

/** The instrument that a charge of this payment method uses. */
export function chargedInstrument({ instrument, billing }: PaymentMethod): PaymentInstrument {
  const { address, name } = billing;
  const isGiven = Object.values(address).some((part) => part !== null);
  return { ...instrument, name, address: isGiven ? address : null };
}
