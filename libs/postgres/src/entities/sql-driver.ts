import assert from 'node:assert/strict';
import type { Sql } from '../transaction.js';

/** The part of pg's result that TypeORM's Postgres driver reads. */
interface Answer {
  readonly command: string;
  readonly rows: object[];
  readonly rowCount: number;
}

/**
 * TypeORM's `driver` option, instead of `pg`: statements use the service's own pool. TypeORM's transactions are refused,
 * since they bypass the unit of work; use `save(entity, { transaction: false })`.
 */
export function sqlDriver(sql: Sql): { Pool: new () => object } {
  const connection = {
    query: async (text: string, values: readonly unknown[] = []): Promise<Answer> => {
      const command = /^\w*/.exec(text)![0].toUpperCase();
      assert(!['START', 'BEGIN', 'SAVEPOINT'].includes(command), `TypeORM opens no transaction here: ${text}`);
      const rows = await sql.query({ name: '', text }, values.map(wireValue));
      return { command, rows, rowCount: rows.length };
    },
    on: () => undefined,
    removeListener: () => undefined,
  };
  const pool = {
    connect: (take: (error: undefined, client: typeof connection, release: () => void) => void) =>
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
