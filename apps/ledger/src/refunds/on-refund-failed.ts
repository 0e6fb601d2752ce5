import assert from 'node:assert/strict';
import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { refundKey } from './refund-key.js';
import { refundReleased, release, step } from './refund.js';

/**
 * The bank refused for good: void the reservation. One that was never seen is released beforehand, so that a
 * request which comes after all, late from a replay, reserves nothing.
 */
export const onRefundFailed = step({
  on: bank.refundFailed,
  idOf: refundKey,
  decide(refund, event, now) {
    switch (refund.state) {
      case 'none':
      case 'reserved': {
        const released = release(refund, event, { cause: bank.refundFailed(event).id, now });
        return become(released, refundReleased(released));
      }
      case 'released':
      case 'refused':
        return unchanged(refund);
      case 'posted':
        return assert.fail('the bank refused what it had given back');
    }
  },
});
