import type { DataSource } from 'typeorm';
import { entityStatements } from '../../../libs/postgres/src/testing/entity-statements.js';
import { rightsMatchStatements } from '../../../libs/service/src/testing/rights-match.js';
import { ApiKeyEntity } from './accounts/api-key.entity.js';
import { ApiKeyRepository } from './accounts/api-key.repository.js';
import { rollUpStatement } from './balance/balance.repository.js';
import { ChargeEventEntity } from './charges/store/charge-event.entity.js';
import { ChargeViewRepository } from './charges/store/charge-view.repository.js';
import { ChargeEntity } from './charges/store/charge.entity.js';
import './charges/store/projection.js';
import { RefundEntity } from './charges/store/refund.entity.js';
import { entities } from './entities.js';
import { paymentsDatabase } from './payments-database.js';
import './payments-api.module.js';
import { TestClockEntity } from './test-clocks/test-clock.entity.js';
import { TestClockRepository } from './test-clocks/test-clock.repository.js';

const textsOf = (call: (tables: DataSource) => Promise<unknown>) => entityStatements(entities, call);
const keysIn = (tables: DataSource): ApiKeyRepository => new ApiKeyRepository(tables.getRepository(ApiKeyEntity));
const clocksIn = (tables: DataSource): TestClockRepository =>
  new TestClockRepository(tables.getRepository(TestClockEntity));
const viewsIn = (tables: DataSource): ChargeViewRepository =>
  new ChargeViewRepository(
    tables.getRepository(ChargeEntity),
    tables.getRepository(ChargeEventEntity),
    tables.getRepository(RefundEntity),
  );

rightsMatchStatements({
  database: paymentsDatabase,
  operatorsOnly: [
    'checker_balance_transactions',
    'checker_charges',
    'checker_refunds',
    'checker_unanswered',
    'checker_unsettled',
    'projection_page',
  ],
  shared: [],
  unnamed: {
    service: [
      rollUpStatement.text,
      ...(await textsOf((tables) => keysIn(tables).accountsOf(['h']))),
      ...(await textsOf((tables) => viewsIn(tables).find('ch_1'))),
      ...(await textsOf((tables) => clocksIn(tables).find('acct_1'))),
      ...(await textsOf((tables) => clocksIn(tables).changes(0))),
      ...(await textsOf((tables) => clocksIn(tables).retire())),
    ],
    operators: [
      ...(await textsOf((tables) => keysIn(tables).provision({ hash: 'h', account: 'acct_1', label: 'shop' }))),
      ...(await textsOf((tables) => keysIn(tables).revoke('h'))),
    ],
  },
});
