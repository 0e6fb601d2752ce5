import assert from 'node:assert/strict';
import { bank } from '#contracts';
import { become, unchanged } from '#saga';
import { holdKey } from './hold-key.js';
import { captureSuspended, chargeReleased, release, step } from './hold.js';

/**
 * The bank gave the authorization back: void the hold, if one was placed. One that was refused has nothing
 * to void. One that was never seen is released beforehand, so that an approval which comes after all, late
 * from a replay, holds nothing. What was captured all the same has to be given back.
 */
export const onAuthorizationVoided = step({
  on: bank.authorizationVoided,
  idOf: holdKey,
  decide(hold, event, now) {
    switch (hold.state) {
      case 'none':
      case 'pending':
      case 'refused':
      case 'unmatched': {
        const released = release(hold, event, { cause: bank.authorizationVoided(event).id, now });
        return become(released, chargeReleased(released), ...captureSuspended(released));
      }
      case 'released':
        return unchanged(hold);
      case 'posted':
        return assert.fail('the bank gave back what it had captured');
    }
  },
});
