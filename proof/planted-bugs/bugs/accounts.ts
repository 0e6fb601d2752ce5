import type { Sabotage } from '../sabotage.js';

const balanceTransactionRows = 'apps/payments-api/src/balance/balance-transaction.repository.ts';
const chargeRows = 'apps/payments-api/src/charges/store/charge-rows.repository.ts';

export const accounts: readonly Sabotage[] = [
  {
    name: 'all-money-to-one-merchant',
    says: 'the ledger credits every charge to one merchant account',
    breaks: ['A9', 'A17'],
    edits: [
      {
        file: 'apps/ledger/src/accounts/account.ts',
        find: "open('merchant', account, currency);",
        replace: "open('merchant', account && 'acct_first', currency);",
      },
    ],
  },
  {
    name: 'charge-read-by-anyone',
    says: 'GET of a charge skips the account check: any account that knows the id can read it',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: chargeRows,
        find: 'FROM charge WHERE id = $1 AND account = $2`);',
        replace: "FROM charge WHERE id = $1 AND $2::text <> ''`);",
      },
    ],
  },
  {
    name: 'refund-read-by-anyone',
    says: 'GET of a refund skips the account check: any account that knows the id can read it',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/store/refund.repository.ts',
        find: 'FROM refund WHERE id = $1 AND account = $2',
        replace: "FROM refund WHERE id = $1 AND $2::text <> ''",
      },
      {
        file: 'apps/payments-api/src/charges/store/refund.repository.ts',
        find: '\'SELECT refund, charge_id AS "chargeId" FROM refund WHERE id = $1',
        replace: '`SELECT refund, charge_id AS "chargeId" FROM refund WHERE id = $1',
      },
      {
        file: 'apps/payments-api/src/charges/store/refund.repository.ts',
        find: "$2::text <> '''",
        replace: "$2::text <> ''`",
      },
    ],
  },
  {
    name: 'balance-transaction-read-by-anyone',
    says: 'GET of a balance transaction skips the account check: any account that knows the id can read it',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: balanceTransactionRows,
        find: 'FROM balance_transaction WHERE id = $1 AND account = $2`',
        replace: "FROM balance_transaction WHERE id = $1 AND $2::text <> ''`",
      },
    ],
  },
  {
    name: 'charges-of-everybody-listed',
    says: 'lists show the objects of every account',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: 'apps/payments-api/src/lists/list-statements.repository.ts',
        find: 'WHERE account = $1 AND ${conditions',
        replace: "WHERE $1::text <> '' AND ${conditions",
      },
    ],
  },
  {
    name: 'charge-changed-by-anyone',
    says: 'capture and refund skip the account check: any account that knows a charge id can use them',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/charge.ts',
        find: "charge.state !== 'none' && charge.opening.account === account ?",
        replace: "charge.state !== 'none' && account !== '' ?",
      },
    ],
  },
  {
    name: 'test-clock-of-another-account',
    says: 'an account without a test clock gets the time of another account’s test clock',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/test-clocks/account-clocks.ts',
        find: 'return this.offsets.get(account) ?? 0;',
        replace: 'return this.offsets.get(account) ?? [...this.offsets.values()][0] ?? 0;',
      },
    ],
  },
];
