import type { Sabotage } from '../sabotage.js';

const fee = 'libs/money/src/fee.ts';

export const fees: readonly Sabotage[] = [
  {
    name: 'fee-rounded-down',
    says: 'the fee is rounded down instead of half up',
    breaks: ['A17'],
    edits: [{ file: fee, find: 'PERCENT_TIMES_TEN + 500) / 1000', replace: 'PERCENT_TIMES_TEN) / 1000' }],
  },
  {
    name: 'fee-without-its-fixed-part',
    says: 'the fee lacks its fixed part',
    breaks: ['A17'],
    edits: [
      {
        file: fee,
        find: 'money(proportional + currencies[captured.currency].fixedFeeMinor,',
        replace: 'money(Math.max(1, proportional),',
      },
    ],
  },
  {
    name: 'fee-in-dollars-everywhere',
    says: 'the fixed part of the fee is that of US dollars in every currency',
    breaks: ['A17'],
    edits: [
      { file: fee, find: 'currencies[captured.currency].fixedFeeMinor', replace: 'currencies.usd.fixedFeeMinor' },
    ],
  },
  {
    name: 'fee-on-what-was-authorized',
    says: 'the fee of a partial capture is taken on the authorized amount',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/ledger/src/holds/hold.ts',
        find: 'const fee = feeFor(account, posted, because);',
        replace: 'const fee = feeFor(account, amount, because);',
      },
    ],
  },
  {
    name: 'fee-forgotten',
    says: 'the ledger does not take the fee that the merchant’s balance transaction shows',
    breaks: ['A9'],
    edits: [{ file: 'apps/ledger/src/holds/hold.ts', find: 'moves: [...moves, fee],', replace: 'moves,' }],
  },
  {
    name: 'fee-given-back-on-refund',
    says: 'the balance transaction of a refund returns the percentage fee, which the ledger keeps',
    breaks: ['A9', 'A17'],
    edits: [
      {
        file: 'apps/payments-api/src/balance/balance-transaction.ts',
        find: 'amountMinor: -posting.amount.amountMinor,',
        replace: 'amountMinor: -Math.max(1, Math.round(posting.amount.amountMinor * 0.971)),',
      },
    ],
  },
];
