import { z } from 'zod';
import { cardNumber, hash, ignored, integer, oneOf, text, unsettable } from '../protocol/parameter-schemas.js';

const holderText = unsettable(text()).default(null);

/** A card spelled out. */
export const card = hash(
  z.object({
    object: oneOf(['card']).optional(),
    number: cardNumber({ max: 50 }),
    exp_month: integer(),
    exp_year: integer(),
    cvc: text({ max: 50 }).optional(),
    address_city: holderText,
    address_country: holderText,
    address_line1: holderText,
    address_line2: holderText,
    address_zip: holderText,
    address_state: holderText,
    name: holderText,
    currency: ignored,
    metadata: ignored,
  }),
);

/** `source`, or the older `card`: the name of something to pay with, or a card spelled out. */
export const paymentSource = z.union([text({ max: 255 }), card]);

export type GivenCard = z.output<typeof card>;

export interface GivenSource {
  readonly param: string;
  readonly source: string | GivenCard;
}
