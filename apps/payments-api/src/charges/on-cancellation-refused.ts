import { bank } from '#contracts';
import { hear, step } from './charge-record.js';

/** The capture was there first: the refund that would have given back the authorization has failed. */
export const onCancellationRefused = step({
  on: bank.cancellationRefused,
  idOf: (event) => event.chargeId,
  decide: (before) => hear(before, { type: 'cancellation_refused' }),
});
