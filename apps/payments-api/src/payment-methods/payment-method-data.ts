import { z } from 'zod';
import { billingDetails } from '../protocol/contact-parameters.js';
import { newMetadata } from '../protocol/metadata.js';
import { cardNumber, hash, ignored, integer, oneOf, refuse, text } from '../protocol/parameter-schemas.js';
import { invalidRequest, shown } from '../protocol/stripe-error.js';
import { redisplays } from './payment-method.js';

/** A card spelled out, or its token. */
const card = z.union([
  hash(z.object({ token: text({ max: 255 }), networks: ignored })),
  hash(
    z.object({
      number: cardNumber({ max: 50 }),
      exp_month: integer(),
      exp_year: integer(),
      cvc: text({ max: 50 }).optional(),
      networks: ignored,
    }),
  ),
]);

/** The only type that is offered here. */
export const cardType = text().superRefine((type, findings) => {
  if (type === 'card') return;
  const message = `The payment method type '${shown(type)}' is not offered here: use 'card'.`;
  refuse(findings, (param) => invalidRequest(message, { param }));
});

/** What a request says of a new payment method: `payment_method_data`, or the parameters of its own route. */
export const newMethodFields = z.object({
  type: cardType.default('card'),
  card,
  billing_details: billingDetails.default({}),
  allow_redisplay: oneOf(redisplays).default('unspecified'),
  metadata: newMetadata.default({}),
  radar_options: ignored,
});

/** `payment_method_data`. */
export const paymentMethodData = hash(newMethodFields);
export type PaymentMethodData = z.output<typeof newMethodFields>;
