import type { MigrateOptions } from './migrate.js';

/** `UPDATE (column)` also lets a login lock rows (FOR UPDATE) of a table that it cannot change otherwise. */
export type TableRight = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | `UPDATE (${string})`;

/** By table or view. Postgres refuses what is not named here. */
export type TableRights = Readonly<Record<string, readonly TableRight[]>>;

/** The two kinds of logins that a service's database lets in. */
export interface DatabaseRights {
  readonly service: TableRights;
  /** Of operators' commands. */
  readonly operators: TableRights;
}

/** A service's own database: its tables, and who may do what to them. */
export interface ServiceDatabase {
  readonly name: string;
  readonly migrations: MigrateOptions['migrations'];
  readonly rights: DatabaseRights;
}

/** Owns the database and its tables, and cannot log in. Migrations run as this role. */
export const ownerRoleOf = (database: string): string => `${database}_owner`;

/** The service logs in as this role. */
export const serviceLoginOf = (database: string): string => `${database}_service`;
