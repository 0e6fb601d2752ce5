import { rightsMatchStatements } from '../../../libs/service/src/testing/rights-match.js';
import { rollUpStatement } from './books/balance.repository.js';
import { ledgerDatabase } from './ledger-database.js';
import './ledger.module.js';

rightsMatchStatements({
  database: ledgerDatabase,
  operatorsOnly: [
    'checker_holds',
    'checker_transfers',
    'ledger.cap',
    'ledger.default_overdraft',
    'ledger.freeze',
    'ledger.overdraft',
    'ledger.state_now',
    'ledger.state_open_charges',
    'ledger.state_snapshot',
    'ledger.state_stated',
    'ledger.uncap',
  ],
  shared: [
    'ledger.balances',
    'ledger.limits',
    'ledger.open_differences',
    'ledger.open_holds',
    'ledger.statement_positions',
  ],
  unnamed: { service: [rollUpStatement.text] },
});
