import assert from 'node:assert/strict';
import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { holdKey } from './hold-key.js';
import { captureSuspended, chargePosted, keepUnmatched, post, step, suspend } from './hold.js';

/**
 * The bank moved the money to us: post the hold. Without one that is open the money waits in suspense, never
 * lost: for its approval when there has been none, else until the bank has given it back.
 */
export const onCaptureSucceeded = step({
  on: bank.captureSucceeded,
  idOf: holdKey,
  decide(hold, event, now) {
    const because = { cause: bank.captureSucceeded(event).id, now };
    switch (hold.state) {
      case 'pending': {
        const posted = post(hold, event, because);
        return become(posted, chargePosted(posted));
      }
      case 'none':
        return become(keepUnmatched(hold, event, because));
      case 'refused':
      case 'released': {
        if (hold.suspended) return unchanged(hold);
        const suspended = suspend(hold, event, because);
        return become(suspended, ...captureSuspended(suspended));
      }
      case 'posted':
        assert.deepEqual(event.amount, hold.posted, 'a charge was captured twice, for different amounts');
        return unchanged(hold);
      case 'unmatched':
        assert.deepEqual(event.amount, hold.captured.amount, 'a charge was captured twice, for different amounts');
        return unchanged(hold);
    }
  },
});
