import type { SqlType, SqlValue } from './sql-type.js';
import type { Node } from './syntax.js';

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  notNull: boolean;
  /** Its expression; evaluated for every row that does not name the column. */
  default?: Node | undefined;
  /** GENERATED ALWAYS AS (…) STORED. */
  generated?: Node | undefined;
  /** GENERATED ALWAYS AS IDENTITY. */
  identity?: boolean;
}

export interface Unique {
  readonly name: string;
  readonly columns: readonly number[];
  /** Of a partial index. */
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
  /** Its place among the tables of the database. */
  readonly place: number;
  readonly columns: Column[];
  primaryKey: readonly number[];
  readonly uniques: Unique[];
  /** Columns by which rows can be found: the first of every index. */
  readonly lookups: Set<number>;
  readonly checks: CheckConstraint[];
  readonly foreignKeys: ForeignKey[];
  readonly triggers: TableTrigger[];
}

/** What stands in a database before any row does. Plans refer to it, so all databases of one kind share it. */
export class DatabaseSchema {
  readonly tables: TableSchema[] = [];
  readonly views = new Map<string, Node>();
  /** Bodies in plpgsql, by name. */
  readonly functions = new Map<string, string>();
  /** Grows with every change: plans made before it are made anew. */
  version = 0;

  table(name: string): TableSchema | undefined {
    return this.tables.find((table) => table.name === name);
  }
}

export const columnOf = (table: TableSchema, name: string): number =>
  table.columns.findIndex((column) => column.name === name);

export type RowValues = readonly SqlValue[];
