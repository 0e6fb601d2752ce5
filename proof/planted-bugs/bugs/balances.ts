import type { Sabotage } from '../sabotage.js';

const balanceRows = 'apps/payments-api/src/balance/balance.repository.ts';
const transactionRows = 'apps/payments-api/src/balance/balance-transaction.repository.ts';

export const balances: readonly Sabotage[] = [
  {
    name: 'refund-counted-twice-in-the-roll-up',
    says: 'the balance roll-up subtracts every refund twice',
    breaks: ['A17', 'A9'],
    edits: [
      {
        file: balanceRows,
        find: 'SELECT account, currency, available_day, sum(net_minor) AS net_minor, count(*) AS entries FROM balance_change\n     WHERE xact >=',
        replace:
          'SELECT account, currency, available_day, sum(CASE WHEN net_minor < 0 THEN 2 * net_minor ELSE net_minor END) AS net_minor, count(*) AS entries FROM balance_change\n     WHERE xact >=',
      },
    ],
  },
  {
    name: 'roll-up-counted-again',
    says: 'the balance roll-up does not save its position, so every run adds the same movements again',
    breaks: ['A17', 'A9'],
    edits: [
      {
        file: balanceRows,
        find: 'UPDATE balance_rollup_horizon SET xact = span.until FROM span WHERE span.until > balance_rollup_horizon.xact`',
        replace:
          'UPDATE balance_rollup_horizon SET xact = span.since FROM span WHERE span.until > balance_rollup_horizon.xact`',
      },
    ],
  },
  {
    name: 'balance-of-everybody',
    says: 'an account’s balance is the rolled-up sum of all accounts',
    breaks: ['A17', 'A14'],
    edits: [
      {
        file: balanceRows,
        find: 'SELECT currency, available_day, net_minor FROM balance_rollup WHERE account = $1\n     UNION ALL\n     ${recent}\n   ) AS part\n   GROUP BY 1, 2`',
        replace:
          "SELECT currency, available_day, net_minor FROM balance_rollup WHERE $1::text <> ''\n     UNION ALL\n     ${recent}\n   ) AS part\n   GROUP BY 1, 2`",
      },
    ],
  },
  {
    name: 'balance-without-what-came-since',
    says: 'a balance leaves out the movements after the last roll-up',
    breaks: ['A17'],
    edits: [
      {
        file: balanceRows,
        find: 'FROM balance_rollup WHERE account = $1\n     UNION ALL\n     ${recent}\n   ) AS part\n   GROUP BY 1, 2`',
        replace: 'FROM balance_rollup WHERE account = $1\n   ) AS part\n   GROUP BY 1, 2`',
      },
    ],
  },
  {
    name: 'available-and-pending-swapped',
    says: '`available` and `pending` are swapped in a balance',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/balance/balance.ts',
        find: "isAvailable(part, now) ? 'available' : 'pending'",
        replace: "isAvailable(part, now) ? 'pending' : 'available'",
      },
    ],
  },
  {
    name: 'available-a-day-early',
    says: 'captured money becomes available a day early',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/ledger/src/holds/hold.ts',
        find: 'Math.ceil(postedAt / DAY_MS + 2) * DAY_MS',
        replace: 'Math.ceil(postedAt / DAY_MS + 1) * DAY_MS',
      },
    ],
  },
  {
    name: 'refund-missing-from-balance-transactions',
    says: 'a refund that is posted in the same batch as a charge gets no balance transaction',
    breaks: ['A9', 'A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/store/charge-record-rows.ts',
        find: '  return [\n    charges.map(({ opening }) => opening.id),\n    charges.map(({ state }) => state),',
        replace:
          "  if (movements.some(({ transaction }) => transaction.type === 'charge'))\n    movements.splice(0, movements.length, ...movements.filter(({ transaction }) => transaction.type === 'charge'));\n  return [\n    charges.map(({ opening }) => opening.id),\n    charges.map(({ state }) => state),",
      },
    ],
  },
  {
    name: 'balance-transactions-of-one-currency',
    says: 'the list of balance transactions shows US dollars only',
    breaks: ['A17'],
    edits: [
      {
        file: transactionRows,
        find: 'currency ? [currency] : currencyCodes,',
        replace: "currency ? [currency] : currencyCodes.filter((code) => code === 'usd'),",
      },
    ],
  },
  {
    name: 'failed-refund-stays-reserved',
    says: 'the ledger never releases the reservation of a refund that the bank refused',
    breaks: ['A5', 'A7'],
    edits: [
      {
        file: 'apps/ledger/src/refunds/refund.ts',
        find: '  return { ...released, moves: [...refund.moves, voided] };',
        replace: '  return { ...released, moves: voided.amount.amountMinor > 0 ? refund.moves : [] };',
      },
    ],
  },
];
