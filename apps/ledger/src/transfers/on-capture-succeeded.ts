import assert from 'node:assert/strict';
import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { holdKey } from './hold-key.js';
import { chargePosted, post, step, suspend } from './hold.js';

/** The bank moved the money to us: post the hold. Without one that is open the money waits in suspense, never lost. */
export const onCaptureSucceeded = step({
  on: bank.captureSucceeded,
  idOf: holdKey,
  decide(hold, event, now) {
    const because = { cause: bank.captureSucceeded(event).id, now };
    switch (hold.state) {
      case 'pending': {
        const posted = post(hold, event.amount, because);
        return become(posted, chargePosted(posted));
      }
      case 'none':
        return become(suspend(hold, event, because));
      case 'refused':
      case 'released':
        if (hold.stray) return unchanged(hold);
        return become(suspend(hold, event, because));
      case 'posted':
        assert.deepEqual(event.amount, hold.posted, 'a charge was captured twice, for different amounts');
        return unchanged(hold);
      case 'unmatched':
        assert.deepEqual(event.amount, hold.captured, 'a charge was captured twice, for different amounts');
        return unchanged(hold);
    }
  },
});
