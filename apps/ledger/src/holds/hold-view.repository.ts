import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { views } from '#contracts';
import type { Currency, Money } from '#money';
import { LedgerRefundEntity } from '../refunds/refund.entity.js';
import { TransferEntity } from '../transfers/transfer.entity.js';
import { HoldEntity } from './hold.entity.js';

/** The books of one charge, for operators. */
@Injectable()
export class HoldViewRepository {
  constructor(
    @InjectRepository(HoldEntity) private readonly holds: Repository<HoldEntity>,
    @InjectRepository(TransferEntity) private readonly transfers: Repository<TransferEntity>,
    @InjectRepository(LedgerRefundEntity) private readonly refunds: Repository<LedgerRefundEntity>,
  ) {}

  async find(chargeId: string): Promise<views.LedgerChargeView | undefined> {
    const [hold, transfers, refunds] = await Promise.all([
      this.holds.findOneBy({ chargeId }),
      this.transfers.find({ where: { chargeId }, order: { xact: 'ASC', postedAt: 'ASC', effect: 'ASC' } }),
      this.refunds.find({ where: { chargeId }, order: { refundId: 'ASC' } }),
    ]);
    return hold
      ? { hold: holdView(hold), transfers: transfers.map(transferView), refunds: refunds.map(refundView) }
      : undefined;
  }
}

function holdView(row: HoldEntity): views.LedgerChargeView['hold'] {
  const { state, account, bank, currency, capture, refusal, cause, refusalCode, compensatedBy, changedAt } = row;
  return {
    state,
    account,
    bank,
    amount: moneyOf(row.amountMinor, currency),
    capture,
    posted: moneyOf(row.postedMinor, currency),
    fee: moneyOf(row.feeMinor, currency),
    refusal,
    cause,
    refusalCode,
    stray: moneyOf(row.strayMinor, currency),
    compensatedBy,
    changedAt,
  };
}

function transferView(row: TransferEntity): views.TransferView {
  const { effect, kind, debitAccount, creditAccount, amountMinor, currency, cause, postedAt, bankId } = row;
  return { effect, kind, debitAccount, creditAccount, amount: { amountMinor, currency }, cause, postedAt, bankId };
}

function refundView(row: LedgerRefundEntity): views.LedgerChargeView['refunds'][number] {
  const { refundId, state, amountMinor, currency, refusal, refusalCode, changedAt } = row;
  return { refundId, state, amount: { amountMinor, currency }, refusal, refusalCode, changedAt };
}

const moneyOf = (amountMinor: number | null, currency: Currency | null): Money | null =>
  amountMinor === null || currency === null ? null : { amountMinor, currency };
