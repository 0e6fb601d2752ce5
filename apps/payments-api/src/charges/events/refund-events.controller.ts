import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { Instant } from '#clock';
import { ledger } from '#contracts';
import { Decides, type Decision } from '#saga';
import { onAccountClock, type AccountContext } from '../charge/account-posting.js';
import { charges, applyServiceEvent, type ChargeRecord } from '../charge/charge-record.js';

/** Outcomes of refunds that the ledger reports. */
@Controller()
export class RefundEventsController {
  /** The ledger debited the merchant: the refund succeeded. */
  @EventPattern<string>('ledger.refund_posted.v1')
  @Decides(charges, ledger.refundPosted)
  refundPosted(
    before: ChargeRecord,
    event: ledger.RefundPosted,
    _now: Instant,
    account: AccountContext,
  ): Decision<ChargeRecord> {
    const { refundId, balanceTransactionId } = event;
    const end = { type: 'posted', ...onAccountClock(event, account), balanceTransactionId } as const;
    return applyServiceEvent(before, { type: 'refund_ended', refundId, end });
  }

  /** The bank refused the refund: the reserved amount is the merchant's again and can be refunded later. */
  @EventPattern<string>('ledger.refund_released.v1')
  @Decides(charges, ledger.refundReleased)
  refundReleased(before: ChargeRecord, { refundId, code }: ledger.RefundReleased): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'refund_ended', refundId, end: { type: 'released', code } });
  }

  /** The merchant's balance is too low: no bank was called. */
  @EventPattern<string>('ledger.refund_refused.v1')
  @Decides(charges, ledger.refundRefused)
  refundRefused(before: ChargeRecord, { refundId, reason }: ledger.RefundRefused): Decision<ChargeRecord> {
    return applyServiceEvent(before, { type: 'refund_ended', refundId, end: { type: 'refused', reason } });
  }
}
