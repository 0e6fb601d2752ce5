import type { EntityClass, ServiceDatabase } from '#postgres';
import type { ServiceSettings } from './service-settings.js';

export interface ServiceOptions {
  /** For example `ledger`: the name in logs and traces, the `ce_source`, and the consumer group. */
  readonly name: string;
  /** The service's own database, without the frame's tables. */
  readonly database: ServiceDatabase;
  /** TypeORM entities, one per table of the service, without the frame's. */
  readonly entities: readonly EntityClass[];
  /** The service's settings, with the frame's. */
  readonly settings: ServiceSettings;
}
