import assert from 'node:assert/strict';
import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { holdKey } from './hold-key.js';
import { compensate, step } from './hold.js';

/** The bank gave back what it had captured for a charge that had ended: take it out of suspense again. */
export const onCaptureCompensated = step({
  on: bank.captureCompensated,
  idOf: holdKey,
  decide(hold, event, now) {
    switch (hold.state) {
      case 'refused':
      case 'released':
        if (hold.suspended?.compensatedBy) return unchanged(hold);
        return become(compensate(hold, event, { cause: bank.captureCompensated(event).id, now }));
      case 'none':
      case 'pending':
      case 'posted':
      case 'unmatched':
        return assert.fail('the bank compensated a capture that is not in suspense');
    }
  },
});
