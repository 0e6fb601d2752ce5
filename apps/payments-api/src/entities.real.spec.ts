import { entitiesMatchMigrations } from '../../../libs/service/src/testing/entities-match.js';
import { entities } from './entities.js';
import { paymentsDatabase } from './payments-database.js';

const expression = 'TypeORM has no indexes on expressions';

entitiesMatchMigrations(
  { name: 'payments-api', entities, database: paymentsDatabase },
  {
    'function refuse_to_rewrite_balance': 'TypeORM has no functions of triggers',
    'index charge_by_customer_and_transfer_group': expression,
    'index charge_by_transfer_group': expression,
    'storage of idempotency_answer': 'TypeORM has no storage parameters',
    'trigger balance_transactions_are_immutable': 'TypeORM has no triggers',
    'view balance_change': 'no code reads it through TypeORM, which compares views by their text alone',
  },
);
