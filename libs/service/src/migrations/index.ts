import type { MigrateOptions } from '#postgres';
import { Parking1764100000001 } from './parking.migration.js';
import { TopicsByReader1764100000002 } from './topics-by-reader.migration.js';

/** Migrations of the frame's tables. They run after each service's first migration. */
export const frameMigrations: MigrateOptions['migrations'] = [Parking1764100000001, TopicsByReader1764100000002];
