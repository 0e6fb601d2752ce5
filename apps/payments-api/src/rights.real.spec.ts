import type { DataSource } from 'typeorm';
import type { PgTransaction } from '#postgres';
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
import { CustomerEntity } from './customers/customer/customer.entity.js';
import type { Customer } from './customers/customer/customer.js';
import { CustomerRepository } from './customers/customer/customer.repository.js';
import { entities } from './entities.js';
import { PaymentMethodEntity } from './payment-methods/payment-method.entity.js';
import type { PaymentMethod } from './payment-methods/payment-method.js';
import { PaymentMethodRepository } from './payment-methods/payment-method.repository.js';
import { TokenEntity } from './tokens/token.entity.js';
import { TokenRepository } from './tokens/token.repository.js';
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

const none = { query: () => Promise.resolve([]) };
const customersIn = (tables: DataSource) => new CustomerRepository(tables.getRepository(CustomerEntity), none);
const methodsIn = (tables: DataSource) => new PaymentMethodRepository(tables.getRepository(PaymentMethodEntity), none);
const tokensIn = (tables: DataSource) => new TokenRepository(tables.getRepository(TokenEntity));
/** What TypeORM writes in a transaction, which is the connection of its own repositories here. */
const textsInTransaction = (call: (tables: DataSource, tx: PgTransaction) => Promise<unknown>) =>
  textsOf((tables) => call(tables, txOf(tables)));
const txOf = (tables: DataSource) =>
  ({
    query: ({ text }: { text: string }, values: unknown[]) => tables.query(text, values),
  }) as unknown as PgTransaction;
const customer = { id: 'cus_1', account: 'acct_1', metadata: {}, details: {} } as unknown as Customer;
const method = { id: 'pm_1', account: 'acct_1', metadata: {}, billing: {}, instrument: {} } as unknown as PaymentMethod;
const token = { id: 'tok_1', account: 'acct_1', instrument: {} } as unknown as TokenEntity;

rightsMatchStatements({
  database: paymentsDatabase,
  operatorsOnly: [
    'checker_balance_transactions',
    'checker_charges',
    'checker_events',
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
      ...(await textsOf((tables) => customersIn(tables).find('acct_1', 'cus_1'))),
      ...(await textsInTransaction((tables, tx) => customersIn(tables).findMany(tx, 'acct_1', ['cus_1']))),
      ...(await textsInTransaction((tables, tx) => customersIn(tables).lock(tx, 'acct_1', 'cus_1'))),
      ...(await textsInTransaction((tables, tx) => customersIn(tables).insert(tx, customer))),
      ...(await textsInTransaction((tables, tx) => customersIn(tables).update(tx, customer))),
      ...(await textsOf((tables) => methodsIn(tables).find('acct_1', 'pm_1'))),
      ...(await textsInTransaction((tables, tx) => methodsIn(tables).findMany(tx, 'acct_1', ['pm_1']))),
      ...(await textsInTransaction((tables, tx) => methodsIn(tables).lock(tx, 'acct_1', 'pm_1'))),
      ...(await textsInTransaction((tables, tx) => methodsIn(tables).save(tx, method))),
      ...(await textsInTransaction((tables, tx) => methodsIn(tables).detachAll(tx, 'acct_1', 'cus_1'))),
      ...(await textsInTransaction((tables, tx) => methodsIn(tables).remove(tx, method))),
      ...(await textsOf((tables) => tokensIn(tables).find('acct_1', 'tok_1'))),
      ...(await textsInTransaction((tables, tx) => tokensIn(tables).insert(tx, token))),
      ...(await textsInTransaction((tables, tx) => tokensIn(tables).use(tx, token))),
    ],
    operators: [
      ...(await textsOf((tables) => keysIn(tables).provision({ hash: 'h', account: 'acct_1', label: 'shop' }))),
      ...(await textsOf((tables) => keysIn(tables).revoke('h'))),
    ],
  },
});
