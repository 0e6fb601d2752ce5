import { entitiesMatchMigrations } from '../../../libs/service/src/testing/entities-match.js';
import { entities } from './entities.js';
import { migrations } from './migrations/migrations.js';

const storage = 'TypeORM has no storage parameters';

entitiesMatchMigrations(
  { name: 'bank-gateway', entities, migrations },
  { 'storage of bank_authorization': storage, 'storage of bank_operation': storage },
);
