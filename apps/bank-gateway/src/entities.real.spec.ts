import { entitiesMatchMigrations } from '../../../libs/service/src/testing/entities-match.js';
import { entities } from './entities.js';
import { gatewayDatabase } from './gateway-database.js';

const storage = 'TypeORM has no storage parameters';

entitiesMatchMigrations(
  { name: 'bank-gateway', entities, database: gatewayDatabase },
  { 'storage of bank_authorization': storage, 'storage of bank_operation': storage },
);
