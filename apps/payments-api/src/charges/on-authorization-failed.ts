import { bank } from '#contracts';
import { hear, step } from './charge-record.js';

/** No bank could be asked, or what it did was undone: the card was not at fault, and the merchant may try again. */
export const onAuthorizationFailed = step({
  on: bank.authorizationFailed,
  idOf: (event) => event.chargeId,
  decide: (before, { reason }) => hear(before, { type: 'failed', reason }),
});
