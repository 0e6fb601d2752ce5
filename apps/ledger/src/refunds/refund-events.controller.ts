import assert from 'node:assert/strict';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank, payments } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import {
  post,
  refundPosted,
  refundRefused,
  refundReleased,
  refundReserved,
  refunds,
  refusalFor,
  refuse,
  release,
  reserve,
  type RefundReservation,
  type RefundLimits,
} from './refund.js';

/** Events that change a refund. */
@Controller()
export class LedgerRefundEventsController {
  /** Reserve the amount from the merchant's balance, or refuse before the bank gets a request. */
  @EventPattern<string>('payments.refund_requested.v1')
  @Decides(refunds, payments.refundRequested)
  refundRequested(
    refund: RefundReservation,
    event: payments.RefundRequested,
    now: Instant,
    room: RefundLimits,
  ): Decision<RefundReservation> {
    switch (refund.state) {
      case 'none': {
        const reason = refusalFor(room, event.amount);
        if (reason) {
          const refused = refuse(refund, event, reason);
          return become(refused, refundRefused(refused));
        }
        const reserved = reserve(refund, room, event, { cause: payments.refundRequested(event).id, now });
        return become(reserved, refundReserved(reserved));
      }
      case 'reserved':
      case 'posted':
      case 'released':
      case 'refused':
        return unchanged(refund);
    }
  }

  /** Post the reservation. Without one, reserve and post at once, without a check of the balance: the money is gone. */
  @EventPattern<string>('bank.refund_succeeded.v1')
  @Decides(refunds, bank.refundSucceeded)
  refundSucceeded(
    refund: RefundReservation,
    event: bank.RefundSucceeded,
    now: Instant,
    room: RefundLimits,
  ): Decision<RefundReservation> {
    const because = { cause: bank.refundSucceeded(event).id, now };
    switch (refund.state) {
      case 'none':
      case 'reserved': {
        const reserved = refund.state === 'none' ? reserve(refund, room, event, because) : refund;
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
  }

  /** Void the reservation. Without one, release it, so that a late request (from a replay) reserves nothing. */
  @EventPattern<string>('bank.refund_failed.v1')
  @Decides(refunds, bank.refundFailed)
  refundFailed(refund: RefundReservation, event: bank.RefundFailed, now: Instant): Decision<RefundReservation> {
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
  }
}
