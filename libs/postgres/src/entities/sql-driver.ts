import assert from 'node:assert/strict';
import type { Sql } from '../transaction.js';

/** The part of pg's result that TypeORM's Postgres driver reads. */
interface Answer {
  readonly command: string;
  readonly rows: object[];
  readonly rowCount: number;
}

/** What TypeORM takes for a connection of pg. */
export interface StatementConnection {
  query(text: string, values?: readonly unknown[]): Promise<Answer>;
  on(): undefined;
  removeListener(): undefined;
}

/** Sends TypeORM's statements through `sql`. TypeORM's own transactions are refused: they would bypass the unit of work. */
export function connectionOver(sql: Sql): StatementConnection {
  return {
    query: async (text, values = []) => {
      const command = /^\w*/.exec(text)![0].toUpperCase();
      assert(!['START', 'BEGIN', 'SAVEPOINT'].includes(command), `TypeORM opens no transaction here: ${text}`);
      const rows = await sql.query({ name: '', text }, values.map(wireValue));
      return { command, rows, rowCount: rows.length };
    },
    on: () => undefined,
    removeListener: () => undefined,
  };
}

/**
 * TypeORM's `driver` option, instead of `pg`: statements use the service's own pool. Use `save(entity, { transaction:
 * false })`, or a repository in a transaction of ours (`repositoryIn`).
 */
export function sqlDriver(sql: Sql): { Pool: new () => object } {
  const connection = connectionOver(sql);
  const pool = {
    connect: (take: (error: undefined, client: StatementConnection, release: () => void) => void) =>
      take(undefined, connection, () => undefined),
    on: () => undefined,
    // The service closes its pool.
    end: (done: () => void) => done(),
  };
  return {
    Pool: class {
      constructor() {
        return pool;
      }
    },
  };
}

const wireValue = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
