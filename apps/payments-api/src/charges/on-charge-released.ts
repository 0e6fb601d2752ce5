import { ledger } from '#contracts';
import { hear, step } from './charge-record.js';

/** Everything that was set aside has been given back: the charge ended without money. */
export const onChargeReleased = step({
  on: ledger.chargeReleased,
  idOf: (event) => event.chargeId,
  decide: (before, { cause, holdRefusal, refusalCode }) =>
    hear(before, { type: 'released', cause, holdRefusal, refusalCode }),
});
