import type { SqlType, SqlValue } from './sql-type.js';
import type { Node } from './syntax.js';

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  notNull: boolean;
  /** Expression of DEFAULT, evaluated for each row that does not name the column. */
  default?: Node | undefined;
  /** GENERATED ALWAYS AS (…) STORED. */
  generated?: Node | undefined;
  /** GENERATED ALWAYS AS IDENTITY. */
  identity?: boolean;
}

export interface Unique {
  readonly name: string;
  readonly columns: readonly number[];
  /** Predicate of a partial index. */
  readonly where?: Node | undefined;
}

export interface CheckConstraint {
  readonly name: string;
  readonly expression: Node;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly number[];
  readonly references: TableSchema;
  readonly referenced: readonly number[];
}

export interface TableTrigger {
  readonly name: string;
  /** The function's name. */
  readonly calls: string;
  readonly on: ReadonlySet<'insert' | 'update' | 'delete'>;
  readonly newTable?: string | undefined;
}

export interface TableSchema {
  readonly name: string;
  /** Index among the tables of the database. */
  readonly place: number;
  readonly columns: Column[];
  primaryKey: readonly number[];
  readonly uniques: Unique[];
  /** Columns that support a lookup: the first of every index. */
  readonly lookups: Set<number>;
  readonly checks: CheckConstraint[];
  readonly foreignKeys: ForeignKey[];
  readonly triggers: TableTrigger[];
}

/** The catalog of a database. Compiled plans refer to it, so all databases made from one template share it. */
export class DatabaseSchema {
  readonly tables: TableSchema[] = [];
  readonly views = new Map<string, Node>();
  /** Bodies of plpgsql functions, by name. */
  readonly functions = new Map<string, string>();
  /** Rises with every DDL statement and so invalidates cached plans. */
  version = 0;

  table(name: string): TableSchema | undefined {
    return this.tables.find((table) => table.name === name);
  }
}

export const columnOf = (table: TableSchema, name: string): number =>
  table.columns.findIndex((column) => column.name === name);

export type RowValues = readonly SqlValue[];
