import { bank } from '#contracts';
import { hear, step } from './charge-record.js';

/** The bank said no to the card: the merchant gets a 402 with the bank's word for it. */
export const onAuthorizationDeclined = step({
  on: bank.authorizationDeclined,
  idOf: (event) => event.chargeId,
  decide: (before, { code }) => hear(before, { type: 'declined', code }),
});
