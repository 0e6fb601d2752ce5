import assert from 'node:assert/strict';
import type { Sql } from '../transaction.js';

/** As far as TypeORM's Postgres driver looks at an answer of pg. */
interface Answer {
  readonly command: string;
  readonly rows: object[];
  readonly rowCount: number;
}

/**
 * For TypeORM's `driver` option, in place of the module `pg`: its statements go through the pool that the service has
 * already, with its time-outs and its types, and through whatever stands in for that pool in the simulation.
 * Each statement is a transaction of its own; one of TypeORM's making is refused, since it would be no unit of work
 * of ours: no outbox, no batch. Hence `save(entity, { transaction: false })`.
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
    // The pool is the service's, which closes it.
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
