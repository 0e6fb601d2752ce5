import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database, entitiesOver } from '#postgres';
import { frameEntities } from './frame-entities.js';
import { provide } from './provide.js';
import type { ServiceOptions } from './service-options.js';

/**
 * What `TypeOrmModule.forFeature` makes its repositories of: TypeORM over the service's own pool. `forRoot` would open
 * a second one, and would retry and close by timers and hooks of its own.
 */
export function entityProviders(options: ServiceOptions): Provider[] {
  const entities = [...options.entities, ...frameEntities];
  return [provide(DataSource, [Database], (database) => entitiesOver(database, entities))];
}
