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

/** Events that refund captured money. */
@Controller()
export class BankRefundEventsController {
  /** The ledger has reserved the amount: refund it at the bank that captured. */
  @EventPattern<string>('ledger.refund_reserved.v1')
  @Decides(authorizations, ledger.refundReserved, { restate: outcomeOfRefund })
  refundReserved(authorization: Authorization, event: ledger.RefundReserved): Decision<Authorization> {
    // The ledger reserves only after it has posted the capture, which this service emitted.
    assert(authorization.state === 'captured', `a refund of an authorization that is ${authorization.state}`);
    return refund(authorization, event.refundId, event.amount);
  }

  /** Compensation: the ledger has no hold for this capture, so refund all of it. */
  @EventPattern<string>('ledger.capture_suspended.v1')
  @Decides(authorizations, ledger.captureSuspended)
  captureSuspended(authorization: Authorization, event: ledger.CaptureSuspended): Decision<Authorization> {
    // Another capture than the recorded one is a stray, which reconciliation reverses. Never do both.
    if (authorization.state !== 'captured' || authorization.bankCaptureId !== event.bankCaptureId)
      return unchanged(authorization);
    return compensate(authorization);
  }
}

function outcomeOfRefund(
  authorization: Authorization,
  { chargeId, refundId }: ledger.RefundReserved,
): readonly NewEvent[] {
  const operation = operationOf(authorization, refundReference(chargeId, refundId));
  return authorization.state === 'none' || !operation ? [] : operationEvents(authorization, operation);
}
