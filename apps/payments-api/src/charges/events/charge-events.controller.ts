import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank, ledger } from '#contracts';
import { Decides, type Decision } from '#saga';
import { onAccountClock, postingTimes, type AccountContext } from '../charge/account-posting.js';
import type { ChargeOutcome } from '../charge/charge.js';
import { charges, applyServiceEvent, type ChargeRecord } from '../charge/charge-record.js';
import { uncapturedRest } from '../charge/uncaptured-rest.js';

/** Outcomes of a charge that other services report. */
@Controller()
export class ChargeEventsController {
  /** The bank declined the card: the merchant gets a 402 with Stripe's code for the bank's reason. */
  @EventPattern<string>('bank.authorization_declined.v1')
  @Decides(charges, bank.authorizationDeclined)
  authorizationDeclined(before: ChargeRecord, { code }: bank.AuthorizationDeclined): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'declined', code });
  }

  /** No bank was available, or the authorization was reversed: not the card's fault, the merchant may try again. */
  @EventPattern<string>('bank.authorization_failed.v1')
  @Decides(charges, bank.authorizationFailed)
  authorizationFailed(before: ChargeRecord, { reason }: bank.AuthorizationFailed): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'failed', reason });
  }

  /** The amount is held. Seven days on the account's clock begin, in which the merchant may capture. */
  @EventPattern<string>('ledger.charge_authorized.v1')
  @Decides(charges, ledger.chargeAuthorized)
  chargeAuthorized(before: ChargeRecord, _event: ledger.ChargeAuthorized, now: Instant): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'authorized', at: now });
  }

  /** The capture won: the refund that would have canceled the authorization failed. */
  @EventPattern<string>('bank.cancellation_refused.v1')
  @Decides(charges, bank.cancellationRefused)
  cancellationRefused(before: ChargeRecord): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'cancellation_refused' });
  }

  /** The ledger posted the capture: the charge succeeded. */
  @EventPattern<string>('ledger.charge_posted.v1')
  @Decides(charges, ledger.chargePosted)
  chargePosted(
    before: ChargeRecord,
    event: ledger.ChargePosted,
    now: Instant,
    account: AccountContext,
  ): Decision<ChargeRecord> {
    const { amount, fee, balanceTransactionId } = event;
    const times = onAccountClock(postingTimes(before.charge, event), account);
    return end(before, { type: 'posted', amount, fee, ...times, balanceTransactionId }, now);
  }

  /** The ledger released the hold: the charge ended without money. */
  @EventPattern<string>('ledger.charge_released.v1')
  @Decides(charges, ledger.chargeReleased)
  chargeReleased(before: ChargeRecord, event: ledger.ChargeReleased, now: Instant): Decision<ChargeRecord> {
    const { cause, holdRefusal, refusalCode } = event;
    return end(before, { type: 'released', cause, holdRefusal, refusalCode }, now);
  }
}

function end(before: ChargeRecord, outcome: ChargeOutcome, now: Instant): Decision<ChargeRecord> {
  const rest = uncapturedRest(before.charge, outcome, now);
  return applyServiceEvent(before, rest ? { ...outcome, rest } : outcome);
}
