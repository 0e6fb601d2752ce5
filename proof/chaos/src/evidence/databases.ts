import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '#clock';
import { Database, type Statement } from '#postgres';

export const databaseNames = ['payments', 'bank_gateway', 'ledger'] as const;
export type DatabaseName = (typeof databaseNames)[number];

const PATIENCE_MS = 30_000;

/** Connections to the services' databases that bypass the fault-injecting proxies. */
export class ChaosDatabases {
  readonly #open = new Map<DatabaseName, Promise<Database>>();

  constructor(private readonly url: string) {}

  async query<Row extends object>(name: DatabaseName, sql: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#database(name)).query<Row>(sql, values);
  }

  /** Like `query`, but retries until Postgres answers. */
  async eventually<Row extends object>(
    name: DatabaseName,
    sql: Statement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    for (const untilMs = performance.now() + PATIENCE_MS; ; await sleep(250)) {
      try {
        return await this.query<Row>(name, sql, values);
      } catch (error) {
        if (performance.now() > untilMs) throw error;
      }
    }
  }

  async close(): Promise<void> {
    for (const opening of this.#open.values()) await (await opening.catch(() => undefined))?.close();
  }

  #database(name: DatabaseName): Promise<Database> {
    let opening = this.#open.get(name);
    if (!opening) {
      opening = Database.open({
        url: this.url,
        database: name,
        maxConnections: 2,
        statementTimeoutMs: 5_000,
        clock: new SystemClock(),
        applicationName: 'chaos',
      });
      this.#open.set(name, opening);
      opening.catch(() => this.#open.delete(name));
    }
    return opening;
  }
}
