import type { Instant } from '#clock';
import { expands } from '../protocol/expand.js';
import type { Customer, CustomerDetails } from './customer/customer.js';

const seconds = (instant: Instant): number => Math.floor(instant / 1000);

/** Stripe's object. @param sources of the customer, for paths that show them */
export function customerObject(customer: Customer, expand: readonly string[] = [], sources?: object): object {
  if (customer.deleted) return deletedCustomerObject(customer.id);
  const { id, details } = customer;
  return {
    id,
    object: 'customer',
    address: details.address,
    balance: details.balance,
    ...(details.businessName !== null && { business_name: details.businessName }),
    created: seconds(customer.createdAt),
    currency: null,
    customer_account: null,
    default_source: customer.defaultSource,
    delinquent: false,
    description: details.description,
    discount: null,
    email: customer.email,
    ...(details.individualName !== null && { individual_name: details.individualName }),
    invoice_prefix: details.invoicePrefix,
    invoice_settings: invoiceSettingsOf(customer.defaultPaymentMethod, details),
    livemode: false,
    metadata: customer.metadata,
    name: details.name,
    next_invoice_sequence: details.nextInvoiceSequence,
    phone: details.phone,
    preferred_locales: details.preferredLocales,
    shipping: details.shipping,
    ...(expands(expand, 'sources') && { sources }),
    ...(expands(expand, 'subscriptions') && { subscriptions: emptyList(`/v1/customers/${id}/subscriptions`) }),
    tax_exempt: details.taxExempt,
    ...(expands(expand, 'tax_ids') && { tax_ids: emptyList(`/v1/customers/${id}/tax_ids`) }),
    test_clock: customer.testClock === '' ? null : customer.testClock,
  };
}

export const deletedCustomerObject = (id: string): object => ({ id, object: 'customer', deleted: true });

function invoiceSettingsOf(defaultPaymentMethod: string | null, { invoiceSettings }: CustomerDetails): object {
  return {
    custom_fields: invoiceSettings.customFields,
    default_payment_method: defaultPaymentMethod,
    footer: invoiceSettings.footer,
    rendering_options: invoiceSettings.renderingOptions,
  };
}

const emptyList = (url: string): object => ({ object: 'list', data: [], has_more: false, url });
