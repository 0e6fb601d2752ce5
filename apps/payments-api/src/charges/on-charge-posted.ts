import { ledger } from '#contracts';
import { hear, step } from './charge-record.js';

/** The money is in the books: the charge has succeeded. */
export const onChargePosted = step({
  on: ledger.chargePosted,
  idOf: (event) => event.chargeId,
  decide: (before, { amount, fee, availableOn, postedAt, balanceTransactionId }) =>
    hear(before, { type: 'posted', amount, fee, availableOn, postedAt, balanceTransactionId }),
});
