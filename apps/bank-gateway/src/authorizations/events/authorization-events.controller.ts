import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { ledger, payments } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import { authorizations, authorize, cancel, capture, release } from '../authorization/authorization.js';
import type { Authorization } from '../authorization/authorization-state.js';
import type { BankView } from '../authorization/routing.js';

/** Events that change an authorization. Banks' answers are recorded in `operations/performer.ts`. */
@Controller()
export class AuthorizationEventsController {
  /** Authorizes the charge at the best available bank of the card's network. */
  @EventPattern<string>('payments.charge_requested.v1')
  @Decides(authorizations, payments.chargeRequested)
  chargeRequested(
    authorization: Authorization,
    event: payments.ChargeRequested,
    _now: Instant,
    banks: readonly BankView[],
  ): Decision<Authorization> {
    if (authorization.state !== 'none') return unchanged(authorization);
    return authorize({ terms: event, operations: [] }, banks);
  }

  /** The ledger holds the amount: capture it, except for a manual capture. */
  @EventPattern<string>('ledger.hold_placed.v1')
  @Decides(authorizations, ledger.holdPlaced)
  holdPlaced(authorization: Authorization, event: ledger.HoldPlaced): Decision<Authorization> {
    if (authorization.state !== 'authorized' || event.capture === 'manual') return unchanged(authorization);
    return capture(authorization, authorization.terms.amount);
  }

  /** The merchant captures all or a part: capture it, unless the authorization was voided meanwhile. */
  @EventPattern<string>('payments.capture_requested.v1')
  @Decides(authorizations, payments.captureRequested)
  captureRequested(authorization: Authorization, event: payments.CaptureRequested): Decision<Authorization> {
    if (authorization.state !== 'authorized') return unchanged(authorization);
    return capture(authorization, event.amount);
  }

  /** Compensation: the ledger refused the hold, so void the authorization. */
  @EventPattern<string>('ledger.hold_refused.v1')
  @Decides(authorizations, ledger.holdRefused)
  holdRefused(authorization: Authorization): Decision<Authorization> {
    if (authorization.state !== 'authorized') return unchanged(authorization);
    return become(release(authorization, 'hold_refused', null));
  }

  /** Compensation: void the authorization, as soon as the bank is known to have performed it. */
  @EventPattern<string>('payments.cancellation_requested.v1')
  @Decides(authorizations, payments.cancellationRequested)
  cancellationRequested(authorization: Authorization, event: payments.CancellationRequested): Decision<Authorization> {
    return cancel(authorization, event.cause);
  }
}
