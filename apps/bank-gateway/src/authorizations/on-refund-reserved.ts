import assert from 'node:assert/strict';
import { ledger } from '#contracts';
import { stepsOn } from '#saga';
import { refundReference } from '../operations/reference.js';
import { operationOf } from './authorization-state.js';
import { authorizations } from './authorization.js';
import { outcomeOf } from './news.js';
import { refund } from './refund.js';

/** The merchant can afford it: the bank that captured gives it back to the cardholder. */
export const onRefundReserved = stepsOn(authorizations)({
  on: ledger.refundReserved,
  idOf: (event) => event.chargeId,
  decide(authorization, event) {
    // The books have posted the capture, so it was ours before it was theirs.
    assert(authorization.state === 'captured', `a refund of an authorization that is ${authorization.state}`);
    return refund(authorization, event.refundId, event.amount);
  },
  restate(authorization, { chargeId, refundId }) {
    const asked = operationOf(authorization, refundReference(chargeId, refundId));
    return authorization.state === 'none' || !asked ? [] : outcomeOf(authorization, asked);
  },
});
