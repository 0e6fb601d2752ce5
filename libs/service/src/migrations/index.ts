import type { MigrateOptions } from '#postgres';
import { Parking1764100000001 } from './parking.migration.js';

/** Migrations of the frame's tables. They run after each service's first migration. */
export const frameMigrations: MigrateOptions['migrations'] = [Parking1764100000001];
