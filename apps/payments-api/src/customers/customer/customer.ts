import type { Instant } from '#clock';
import type { Address } from '../../protocol/contact-parameters.js';

/** Whom an account charges. */
export interface Customer {
  readonly id: string;
  readonly account: string;
  /** On the account's clock. */
  readonly createdAt: Instant;
  readonly deleted: boolean;
  readonly email: string | null;
  /** Empty: none. */
  readonly testClock: string;
  /** Of `invoice_settings`. */
  readonly defaultPaymentMethod: string | null;
  /** The card that a charge of this customer uses. */
  readonly defaultSource: string | null;
  readonly details: CustomerDetails;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a merchant writes about a customer, and nothing here reads. */
export interface CustomerDetails {
  readonly address: Address | null;
  readonly balance: number;
  readonly businessName: string | null;
  readonly description: string | null;
  readonly individualName: string | null;
  readonly invoicePrefix: string;
  readonly invoiceSettings: CustomerInvoiceSettings;
  readonly name: string | null;
  readonly nextInvoiceSequence: number;
  readonly phone: string | null;
  readonly preferredLocales: readonly string[];
  readonly shipping: CustomerShipping | null;
  readonly taxExempt: 'exempt' | 'none' | 'reverse';
}

export interface CustomerInvoiceSettings {
  readonly customFields: readonly { readonly name: string; readonly value: string }[] | null;
  readonly footer: string | null;
  readonly renderingOptions: { readonly amount_tax_display: string | null; readonly template: string | null } | null;
}

export interface CustomerShipping {
  readonly address: Address;
  readonly name: string;
  readonly phone: string | null;
}
