import { z } from 'zod';
import { address, emailAddress } from '../protocol/contact-parameters.js';
import { expand } from '../protocol/expand.js';
import { listParameters, pageOf } from '../protocol/list-parameters.js';
import { metadataChanges, newMetadata } from '../protocol/metadata.js';
import {
  boolean,
  hash,
  integer,
  oneOf,
  refuse,
  refusedParameter,
  text,
  textList,
  unsettable,
  valueList,
} from '../protocol/parameter-schemas.js';
import { invalidRequest } from '../protocol/stripe-error.js';
import { searchParameters } from '../search/search-parameters.js';
import type { SearchFieldType } from '../search/search-query.js';
import { paymentSource } from '../test-cards/payment-source.js';
import type { CustomerDetails } from './customer/customer.js';
import type { CustomerFilters } from './customer/customer.repository.js';

const notOffered = (what: string) =>
  refusedParameter((param) => invalidRequest(`${param} belongs to ${what}, which is not offered here.`, { param }));

const id = text({ max: 255 });
const words = unsettable(text()).optional();
const prefix = text().superRefine((prefix, findings) => {
  if (/^[A-Z0-9]{3,12}$/.test(prefix)) return;
  const message = 'The invoice prefix must be 3 to 12 uppercase letters or numbers.';
  refuse(findings, (param) => invalidRequest(message, { param }));
});

const shipping = hash(z.object({ address, name: text(), phone: unsettable(text()).default(null) }));

const invoiceSettings = hash(
  z.object({
    custom_fields: unsettable(
      valueList(hash(z.object({ name: text({ max: 40 }), value: text({ max: 140 }) })), { max: 4 }),
    ).optional(),
    default_payment_method: unsettable(id).optional(),
    footer: words,
    rendering_options: unsettable(
      hash(
        z.object({
          amount_tax_display: unsettable(oneOf(['exclude_tax', 'include_inclusive_tax'])).default(null),
          template: unsettable(text()).default(null),
        }),
      ),
    ).optional(),
  }),
);

/** What a merchant writes on a customer, on creation as in an update. */
const written = {
  address: unsettable(address).optional(),
  balance: integer().optional(),
  business_name: unsettable(text({ max: 150 })).optional(),
  cash_balance: notOffered('the cash balance'),
  description: words,
  email: unsettable(emailAddress).optional(),
  individual_name: unsettable(text({ max: 150 })).optional(),
  invoice_prefix: prefix.optional(),
  invoice_settings: invoiceSettings.default({}),
  name: words,
  next_invoice_sequence: integer({ min: 1 }).optional(),
  phone: words,
  preferred_locales: textList.optional(),
  shipping: unsettable(shipping).optional(),
  source: paymentSource.optional(),
  tax: notOffered('Stripe Tax'),
  tax_exempt: unsettable(oneOf(['exempt', 'none', 'reverse'])).optional(),
  validate: boolean().optional(),
};

const expansion = { expand: expand('customer') };

/** A valid `POST /v1/customers`. */
export const newCustomerParameters = hash(
  z.object({
    ...expansion,
    ...written,
    metadata: newMetadata.default({}),
    payment_method: id.optional(),
    tax_id_data: notOffered('Billing'),
    test_clock: id.optional(),
  }),
);
export type NewCustomerParameters = z.output<typeof newCustomerParameters>;

/** A valid `POST /v1/customers/:id`. */
export const customerChangeParameters = hash(
  z.object({
    ...expansion,
    ...written,
    default_source: id.optional(),
    metadata: metadataChanges.optional(),
  }),
);
export type CustomerChangeParameters = z.output<typeof customerChangeParameters>;

type WrittenDetails = Pick<NewCustomerParameters, keyof typeof written>;

/** What a request changes; parameters that are absent leave things as they are. */
export function detailsAfter(given: WrittenDetails, before: CustomerDetails): CustomerDetails {
  const { custom_fields, footer, rendering_options } = given.invoice_settings;
  const { invoiceSettings } = before;
  const chosen = <Value>(value: Value | undefined, kept: Value): Value => (value === undefined ? kept : value);
  return {
    address: chosen(given.address, before.address),
    balance: chosen(given.balance, before.balance),
    businessName: chosen(given.business_name, before.businessName),
    description: chosen(given.description, before.description),
    individualName: chosen(given.individual_name, before.individualName),
    invoicePrefix: chosen(given.invoice_prefix, before.invoicePrefix),
    invoiceSettings: {
      customFields: chosen(custom_fields, invoiceSettings.customFields),
      footer: chosen(footer, invoiceSettings.footer),
      renderingOptions: chosen(rendering_options, invoiceSettings.renderingOptions),
    },
    name: chosen(given.name, before.name),
    nextInvoiceSequence: chosen(given.next_invoice_sequence, before.nextInvoiceSequence),
    phone: chosen(given.phone, before.phone),
    preferredLocales: chosen(given.preferred_locales, before.preferredLocales),
    shipping: chosen(given.shipping, before.shipping),
    taxExempt: given.tax_exempt === undefined ? before.taxExempt : (given.tax_exempt ?? 'none'),
  };
}

/** A valid `GET /v1/customers`. */
export const customerListParameters = hash(
  listParameters({}).and(
    z.object({
      email: text({ max: 512 }).nullable().default(null),
      expand: expand('customer', { under: 'data' }),
      test_clock: text({ max: 255 }).default(''),
    }),
  ),
).transform(({ email, test_clock, expand, ...page }) => ({
  ...pageOf(page),
  filters: { email, test_clock } satisfies CustomerFilters,
  expand,
}));
export type CustomerListParameters = z.output<typeof customerListParameters>;

/** Source: Stripe's documentation, Search, query fields for customers. */
export const customerSearchFields = new Map<string, SearchFieldType>([
  ['created', 'number'],
  ['email', 'string'],
  ['name', 'string'],
  ['phone', 'string'],
]);

/** A valid `GET /v1/customers/search`. */
export const customerSearchParameters = searchParameters('customer', customerSearchFields);
