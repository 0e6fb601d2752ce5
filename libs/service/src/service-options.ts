import type { EntityClass, MigrateOptions } from '#postgres';
import type { ServiceSettings } from './service-settings.js';

export interface ServiceOptions {
  /** `ledger`: in logs and traces, as `ce_source`, and as the consumer group. */
  readonly name: string;
  /** The service's own database. */
  readonly database: string;
  /** TypeORM migration classes. */
  readonly migrations: MigrateOptions['migrations'];
  /** TypeORM entities, one for each table of the service's own. */
  readonly entities: readonly EntityClass[];
  /** What the service reads from the environment: its own settings, and with them the frame's. */
  readonly settings: ServiceSettings;
}
