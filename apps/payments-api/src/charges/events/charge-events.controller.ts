import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { bank, ledger } from '#contracts';
import { Decides, type Decision } from '#saga';
import { charges, applyServiceEvent, type ChargeRecord } from '../charge/charge-record.js';

/** What a charge hears of other services. */
@Controller()
export class ChargeEventsController {
  /** The bank said no to the card: the merchant gets a 402 with the bank's word for it. */
  @EventPattern<string>('bank.authorization_declined.v1')
  @Decides(charges, bank.authorizationDeclined)
  authorizationDeclined(before: ChargeRecord, { code }: bank.AuthorizationDeclined): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'declined', code });
  }

  /** No bank could be asked, or what it did was undone: the card was not at fault, and the merchant may try again. */
  @EventPattern<string>('bank.authorization_failed.v1')
  @Decides(charges, bank.authorizationFailed)
  authorizationFailed(before: ChargeRecord, { reason }: bank.AuthorizationFailed): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'failed', reason });
  }

  /** The amount is held: its merchant says when to capture it. Seven days of the account's own time begin. */
  @EventPattern<string>('ledger.charge_authorized.v1')
  @Decides(charges, ledger.chargeAuthorized)
  chargeAuthorized(before: ChargeRecord, _event: ledger.ChargeAuthorized, now: Instant): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'authorized', at: now });
  }

  /** The capture was there first: the refund that would have given back the authorization has failed. */
  @EventPattern<string>('bank.cancellation_refused.v1')
  @Decides(charges, bank.cancellationRefused)
  cancellationRefused(before: ChargeRecord): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'cancellation_refused' });
  }

  /** The money is in the books: the charge has succeeded. */
  @EventPattern<string>('ledger.charge_posted.v1')
  @Decides(charges, ledger.chargePosted)
  chargePosted(before: ChargeRecord, event: ledger.ChargePosted): Decision<ChargeRecord> {
    const { amount, fee, availableOn, postedAt, balanceTransactionId } = event;
    return applyServiceEvent(before, { type: 'posted', amount, fee, availableOn, postedAt, balanceTransactionId });
  }

  /** Everything that was set aside has been given back: the charge ended without money. */
  @EventPattern<string>('ledger.charge_released.v1')
  @Decides(charges, ledger.chargeReleased)
  chargeReleased(before: ChargeRecord, event: ledger.ChargeReleased): Decision<ChargeRecord> {
    const { cause, holdRefusal, refusalCode } = event;
    return applyServiceEvent(before, { type: 'released', cause, holdRefusal, refusalCode });
  }
}
