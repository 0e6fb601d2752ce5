import type { ServiceDatabase } from '#postgres';
import { migrations } from './migrations/migrations.js';

/** Transfers and accounts are written once: no login may update or delete them. */
export const ledgerDatabase: ServiceDatabase = {
  name: 'ledger',
  migrations,
  rights: {
    service: {
      // The right to lock its rows. The column is generated, so an UPDATE of it changes nothing.
      account: ['SELECT', 'INSERT', 'UPDATE (normal_balance)'],
      // Operators set limits. The ledger only locks them.
      account_limit: ['SELECT', 'UPDATE (account)'],
      balance_rollup: ['SELECT', 'INSERT', 'UPDATE'],
      compared_entries: ['SELECT', 'INSERT', 'UPDATE'],
      compared_transfers: ['SELECT', 'UPDATE'],
      comparison_horizon: ['SELECT', 'INSERT', 'DELETE'],
      difference: ['SELECT', 'INSERT', 'UPDATE'],
      hold: ['SELECT', 'INSERT', 'UPDATE'],
      movement: ['SELECT'],
      refund: ['SELECT', 'INSERT', 'UPDATE'],
      rollup_horizon: ['SELECT', 'UPDATE'],
      statement_entry: ['SELECT', 'INSERT'],
      statement_position: ['SELECT', 'INSERT', 'UPDATE'],
      suspect: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      transfer: ['SELECT', 'INSERT'],
    },
    // `holdfast limit`, `holdfast books` and `holdfast verify`.
    operators: {
      account: ['SELECT'],
      account_limit: ['SELECT', 'INSERT', 'UPDATE'],
      balance_rollup: ['SELECT'],
      compared_entries: ['SELECT'],
      compared_transfers: ['SELECT'],
      difference: ['SELECT'],
      hold: ['SELECT'],
      movement: ['SELECT'],
      rollup_horizon: ['SELECT'],
      statement_entry: ['SELECT'],
      statement_position: ['SELECT'],
      suspect: ['SELECT'],
      transfer: ['SELECT'],
    },
  },
};
