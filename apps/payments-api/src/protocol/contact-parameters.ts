import { z } from 'zod';
import { hash, refuse, text, unsettable } from './parameter-schemas.js';
import { invalidRequest, shown } from './stripe-error.js';

/** An address as objects of the API show it. */
export type Address = Readonly<Record<'city' | 'country' | 'line1' | 'line2' | 'postal_code' | 'state', string | null>>;

export const noAddress: Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

const part = unsettable(text()).default(null);

export const address = hash(
  z.object({ city: part, country: part, line1: part, line2: part, postal_code: part, state: part }),
);

export const emailAddress = text({ max: 800 }).superRefine((email, findings) => {
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return;
  const message = `Invalid email address: ${shown(email)}`;
  refuse(findings, (param) => invalidRequest(message, { code: 'email_invalid', param }));
});

/** Whom a payment method belongs to. */
export interface BillingDetails {
  readonly address: Address;
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly tax_id: string | null;
}

/** What a request writes of it; what is absent stays as it is. */
export const billingDetails = hash(
  z.object({
    address: unsettable(address).optional(),
    email: unsettable(emailAddress).optional(),
    name: unsettable(text()).optional(),
    phone: unsettable(text()).optional(),
    tax_id: unsettable(text()).optional(),
  }),
);
export type GivenBillingDetails = z.output<typeof billingDetails>;

export function billingAfter(given: GivenBillingDetails, before: BillingDetails): BillingDetails {
  const { address, email, name, phone, tax_id } = given;
  return {
    address: address === undefined ? before.address : (address ?? noAddress),
    email: email === undefined ? before.email : email,
    name: name === undefined ? before.name : name,
    phone: phone === undefined ? before.phone : phone,
    tax_id: tax_id === undefined ? before.tax_id : tax_id,
  };
}
