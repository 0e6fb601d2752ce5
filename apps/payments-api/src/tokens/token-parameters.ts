import { z } from 'zod';
import { nothingToExpand } from '../protocol/expand.js';
import { hash, refusedParameter, unknownObject } from '../protocol/parameter-schemas.js';
import { invalidRequest } from '../protocol/stripe-error.js';
import { card } from '../test-cards/payment-source.js';

/** Of tokens for something other than a card. */
const ofOtherTokens = refusedParameter((param) =>
  invalidRequest(`Tokens are made of cards here: give 'card', and leave out '${param}'.`, { param }),
);

/** A valid `POST /v1/tokens`. */
export const newTokenParameters = hash(
  z.object({
    account: ofOtherTokens,
    bank_account: ofOtherTokens,
    cvc_update: ofOtherTokens,
    person: ofOtherTokens,
    pii: ofOtherTokens,
    // Of Connect: a card of a customer is shared with a connected account by a token.
    customer: unknownObject('customer'),
    card,
    expand: nothingToExpand,
  }),
).transform((given) => given.card);
export type NewTokenParameters = z.output<typeof newTokenParameters>;
