import assert from 'node:assert/strict';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { ledger, type NewEvent } from '#contracts';
import { Decides, unchanged, type Decision } from '#saga';
import { refundReference } from '../authorization/reference.js';
import { operationOf, type Authorization } from '../authorization/authorization-state.js';
import { authorizations } from '../authorization/authorization.js';
import { operationEvents } from '../authorization/outcome-events.js';
import { compensate, refund } from '../authorization/refund.js';

/** How an authorization reacts where captured money goes back to the cardholder. */
@Controller()
export class BankRefundEventsController {
  /** The merchant can afford it: the bank that captured gives it back to the cardholder. */
  @EventPattern<string>('ledger.refund_reserved.v1')
  @Decides(authorizations, ledger.refundReserved, { restate: outcomeOfRefund })
  refundReserved(authorization: Authorization, event: ledger.RefundReserved): Decision<Authorization> {
    // The books have posted the capture, so it was ours before it was theirs.
    assert(authorization.state === 'captured', `a refund of an authorization that is ${authorization.state}`);
    return refund(authorization, event.refundId, event.amount);
  }

  /** Compensates a capture whose charge had ended in the books: the bank gives all of it back to the cardholder. */
  @EventPattern<string>('ledger.capture_suspended.v1')
  @Decides(authorizations, ledger.captureSuspended)
  captureSuspended(authorization: Authorization, event: ledger.CaptureSuspended): Decision<Authorization> {
    // Anything but the recorded capture is a stray, which reconciliation undoes by a reversal: never both.
    if (authorization.state !== 'captured' || authorization.bankCaptureId !== event.bankCaptureId)
      return unchanged(authorization);
    return compensate(authorization);
  }
}

function outcomeOfRefund(
  authorization: Authorization,
  { chargeId, refundId }: ledger.RefundReserved,
): readonly NewEvent[] {
  const asked = operationOf(authorization, refundReference(chargeId, refundId));
  return authorization.state === 'none' || !asked ? [] : operationEvents(authorization, asked);
}
