import { ledger } from '#contracts';
import { hear, step } from './charge-record.js';

/** The amount is held: its merchant says when to capture it. Seven days of the account's own time begin. */
export const onChargeAuthorized = step({
  on: ledger.chargeAuthorized,
  idOf: (event) => event.chargeId,
  decide: (before, _event, now) => hear(before, { type: 'authorized', at: now }),
});
