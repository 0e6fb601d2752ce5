import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { ledger, payments } from '#contracts';
import { become, Decides, unchanged, type Decision } from '#saga';
import { authorizations, authorize, cancel, capture, release } from '../authorization/authorization.js';
import type { Authorization } from '../authorization/authorization-state.js';
import type { BankView } from '../authorization/routing.js';

/** What an authorization reacts to. What banks answer comes in by the workers, in `operations/performer.ts`. */
@Controller()
export class AuthorizationEventsController {
  /** A merchant wants money from a card: ask the best bank of its network to set it aside. */
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

  /** The books are ready for the money: capture it, unless the merchant wants to say when. */
  @EventPattern<string>('ledger.hold_placed.v1')
  @Decides(authorizations, ledger.holdPlaced)
  holdPlaced(authorization: Authorization, event: ledger.HoldPlaced): Decision<Authorization> {
    if (authorization.state !== 'authorized' || event.capture === 'manual') return unchanged(authorization);
    return capture(authorization, authorization.terms.amount);
  }

  /** The merchant says when, and how much: capture it, unless the authorization was given back meanwhile. */
  @EventPattern<string>('payments.capture_requested.v1')
  @Decides(authorizations, payments.captureRequested)
  captureRequested(authorization: Authorization, event: payments.CaptureRequested): Decision<Authorization> {
    if (authorization.state !== 'authorized') return unchanged(authorization);
    return capture(authorization, event.amount);
  }

  /** Compensates the authorization: the ledger will not hold the money, so the bank gets it back. */
  @EventPattern<string>('ledger.hold_refused.v1')
  @Decides(authorizations, ledger.holdRefused)
  holdRefused(authorization: Authorization): Decision<Authorization> {
    if (authorization.state !== 'authorized') return unchanged(authorization);
    return become(release(authorization, 'hold_refused', null));
  }

  /** Compensates the authorization, which is not wanted any more: give it back, as soon as it is known to be there. */
  @EventPattern<string>('payments.cancellation_requested.v1')
  @Decides(authorizations, payments.cancellationRequested)
  cancellationRequested(authorization: Authorization, event: payments.CancellationRequested): Decision<Authorization> {
    return cancel(authorization, event.cause);
  }
}
