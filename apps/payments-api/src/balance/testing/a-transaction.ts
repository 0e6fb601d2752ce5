import { usd, type Money } from '#money';
import { transactionOfCharge, transactionOfRefund, type BalanceTransaction } from '../balance-transaction.js';

export const DAY_MS = 86_400_000;
/** A midnight. */
export const testDay = Date.UTC(2026, 5, 15);

interface Given {
  /** Of a charge or a refund, without its prefix. */
  rest: string;
  amount?: Money;
  postedAt?: number;
}

/** Posted at noon, available at the first midnight that is two days away. */
export function aChargeMoved({ fee = usd(59), ...given }: Given & { fee?: Money }): BalanceTransaction {
  const postedAt = given.postedAt ?? testDay + DAY_MS / 2;
  return transactionOfCharge(`ch_${given.rest}`, {
    ...posting(given),
    fee,
    availableOn: Math.ceil(postedAt / DAY_MS + 2) * DAY_MS,
  });
}

export function aRefundMoved(given: Given & { charge: string }): BalanceTransaction {
  return transactionOfRefund(`re_${given.rest}`, `ch_${given.charge}`, posting(given));
}

function posting({ rest, amount = usd(1000), postedAt = testDay + DAY_MS / 2 }: Given) {
  return { amount, postedAt, availableOn: postedAt, balanceTransactionId: `txn_${rest}` };
}
