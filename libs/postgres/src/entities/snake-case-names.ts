import { DefaultNamingStrategy, type Table } from 'typeorm';

const nameOf = (table: Table | string): string => (typeof table === 'string' ? table : table.name);

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Columns in snake case, and constraints with PostgreSQL's default names. */
export class SnakeCaseNames extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined): string {
    return given ?? snakeCase(property);
  }

  override primaryKeyName(table: Table | string): string {
    return `${nameOf(table)}_pkey`;
  }

  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return `${[nameOf(table), ...columns].join('_')}_key`;
  }

  override foreignKeyName(table: Table | string, columns: string[]): string {
    return `${[nameOf(table), ...columns].join('_')}_fkey`;
  }
}
