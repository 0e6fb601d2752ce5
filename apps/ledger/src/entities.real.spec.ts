import { entitiesMatchMigrations } from '../../../libs/service/src/testing/entities-match.js';
import { entities } from './entities.js';
import { ledgerDatabase } from './ledger-database.js';

const storage = 'TypeORM has no storage parameters';
const trigger = 'TypeORM has no triggers';
const triggers = 'TypeORM has no functions of triggers';

entitiesMatchMigrations(
  { name: 'ledger', entities, database: ledgerDatabase },
  {
    'function refuse_excess_refunds': triggers,
    'function refuse_to_rewrite_history': triggers,
    'function refuse_unsound_transfers': triggers,
    'index hold_open': 'TypeORM has no INCLUDE',
    'storage of hold': storage,
    'storage of refund': storage,
    'storage of statement_position': storage,
    'trigger accounts_are_immutable': trigger,
    'trigger refunds_are_bounded': trigger,
    'trigger transfers_are_immutable': trigger,
    'trigger transfers_are_sound': trigger,
    'view movement': 'no code reads it through TypeORM, which compares views by their text alone',
  },
);
