import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database, entitiesOver } from '#postgres';
import { frameEntities } from './frame-entities.js';
import { provide } from './provide.js';
import type { ServiceOptions } from './service-options.js';

/** A DataSource over the service's pool, for `TypeOrmModule.forFeature`. `forRoot` would open a second pool. */
export function entityProviders(options: ServiceOptions): Provider[] {
  const entities = [...options.entities, ...frameEntities];
  return [provide(DataSource, [Database], (database) => entitiesOver(database, entities))];
}
