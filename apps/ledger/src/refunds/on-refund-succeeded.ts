import assert from 'node:assert/strict';
import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { refundKey } from './refund-key.js';
import { post, refundPosted, reserve, step } from './refund.js';

/**
 * The bank gave it back: post what was reserved. One whose request was never seen is reserved and posted in
 * one go, whatever the balance: the money is gone.
 */
export const onRefundSucceeded = step({
  on: bank.refundSucceeded,
  idOf: refundKey,
  decide(refund, event, now) {
    const because = { cause: bank.refundSucceeded(event).id, now };
    switch (refund.state) {
      case 'none':
      case 'reserved': {
        const reserved = refund.state === 'none' ? reserve(refund, event, because) : refund;
        const posted = post(reserved, event, because);
        return become(posted, refundPosted(posted));
      }
      case 'posted':
        assert.deepEqual(event.amount, refund.amount, 'the bank gave back twice, and different amounts');
        return unchanged(refund);
      case 'released':
      case 'refused':
        return assert.fail('the bank gave back what was not to be given');
    }
  },
});
