import assert from 'node:assert/strict';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import type { AccountLimits } from '../accounts/account-limits.js';
import { reasonToRefuse } from './hold-refusal.js';
import {
  captureSuspended,
  chargePosted,
  chargeReleased,
  compensate,
  holdPlaced,
  holdRefused,
  holds,
  keepUnmatched,
  match,
  place,
  post,
  refuse,
  release,
  suspend,
  type Hold,
} from './hold.js';

/** Events that change a hold. */
@Controller()
export class HoldEventsController {
  /** Hold the approved amount for the merchant, or refuse, so that the gateway voids the authorization. */
  @EventPattern<string>('bank.authorization_approved.v1')
  @Decides(holds, bank.authorizationApproved)
  authorizationApproved(
    hold: Hold,
    event: bank.AuthorizationApproved,
    now: Instant,
    limits: AccountLimits,
  ): Decision<Hold> {
    const because = { cause: bank.authorizationApproved(event).id, now };
    switch (hold.state) {
      case 'none': {
        const reason = reasonToRefuse(limits, event);
        if (reason) {
          const refused = refuse(hold, event, reason);
          return become(refused, holdRefused(refused));
        }
        const placed = place(hold, event, because);
        return become(placed, holdPlaced(placed));
      }
      case 'unmatched': {
        const posted = match(hold, event, because);
        return become(posted, chargePosted(posted));
      }
      case 'pending':
      case 'posted':
      case 'refused':
      case 'released':
        return unchanged(hold);
    }
  }

  /**
   * Void the hold. Without one, release it beforehand, so that a late approval (from a replay) holds nothing. A capture in
   * suspense needs a compensation.
   */
  @EventPattern<string>('bank.authorization_voided.v1')
  @Decides(holds, bank.authorizationVoided)
  authorizationVoided(hold: Hold, event: bank.AuthorizationVoided, now: Instant): Decision<Hold> {
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
  }

  /**
   * Post the hold. Without an open one the money goes to suspense: until its approval arrives, or, if the charge has
   * ended, until the bank has refunded it.
   */
  @EventPattern<string>('bank.capture_succeeded.v1')
  @Decides(holds, bank.captureSucceeded)
  captureSucceeded(hold: Hold, event: bank.CaptureSucceeded, now: Instant): Decision<Hold> {
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
  }

  /** The bank refunded a suspended capture: take it out of suspense. */
  @EventPattern<string>('bank.capture_compensated.v1')
  @Decides(holds, bank.captureCompensated)
  captureCompensated(hold: Hold, event: bank.CaptureCompensated, now: Instant): Decision<Hold> {
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
  }
}
