import { entityStatements } from '../../../libs/postgres/src/testing/entity-statements.js';
import { rightsMatchStatements } from '../../../libs/service/src/testing/rights-match.js';
import { AccountLimitEntity } from './accounts/account-limit.entity.js';
import { LimitSettingsRepository } from './accounts/limit-settings.repository.js';
import { rollUpStatement } from './books/balance.repository.js';
import { ledgerDatabase } from './ledger-database.js';
import './ledger.module.js';

const noRows = { query: () => Promise.resolve([]) };
const limits = (call: (settings: LimitSettingsRepository) => Promise<unknown>) =>
  entityStatements([AccountLimitEntity], (tables) =>
    call(new LimitSettingsRepository(tables.getRepository(AccountLimitEntity))),
  );

rightsMatchStatements({
  database: ledgerDatabase,
  operatorsOnly: [
    'checker_holds',
    'checker_transfers',
    'ledger.state_now',
    'ledger.state_open_charges',
    'ledger.state_snapshot',
    'ledger.state_stated',
  ],
  shared: ['ledger.balances', 'ledger.open_differences', 'ledger.open_holds', 'ledger.statement_positions'],
  unnamed: {
    service: [rollUpStatement.text, ...(await limits((settings) => settings.inUse(noRows, 'acct_1')))],
    operators: [
      ...(await limits((settings) => settings.inUse(noRows, 'acct_1'))),
      ...(await limits((settings) => settings.freeze('acct_1', true))),
      ...(await limits((settings) => settings.cap('acct_1', 'usd', 1))),
      ...(await limits((settings) => settings.cap('acct_1', 'usd', null))),
      ...(await limits((settings) => settings.overdraft('acct_1', 'usd', 1))),
      ...(await limits((settings) => settings.overdraft('acct_1', 'usd', null))),
    ],
  },
});
