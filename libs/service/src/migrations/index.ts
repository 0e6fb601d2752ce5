import type { MigrateOptions } from '#postgres';
import { Parking1764100000001 } from './parking.migration.js';

/** Of the frame's own tables, in every service's database. They run after each service's first. */
export const frameMigrations: MigrateOptions['migrations'] = [Parking1764100000001];
