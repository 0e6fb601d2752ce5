import type { z } from 'zod';
import type { EntityClass, MigrateOptions } from '#postgres';

export interface ServiceOptions {
  /** `ledger`: in logs and traces, as `ce_source`, and as the consumer group. */
  readonly name: string;
  /** The service's own database. */
  readonly database: string;
  /** TypeORM migration classes. */
  readonly migrations: MigrateOptions['migrations'];
  /** TypeORM entities, one for each table of the service's own. */
  readonly entities: readonly EntityClass[];
  /** What this service reads from the environment beside the frame's own settings. */
  readonly settings?: z.ZodObject;
}
