import { Pool, type QueryResultRow } from 'pg';
import { fullJitterMs, type Clock } from '#clock';
import { Listener } from './listener.js';
import { OpenTransaction } from './open-transaction.js';
import { sendPipeline } from './pipeline.js';
import { sessionConfig, type SessionOptions } from './session.js';
import { statement, type Statement } from './statement.js';
import type { PgTransaction, Sql, UnitOfWork } from './transaction.js';
import { isTransientError } from './transient.js';

export type RoundTripOf = 'transaction' | 'statement';

export interface DatabaseOptions extends SessionOptions {
  clock: Clock;
  /** Default 10. */
  maxConnections?: number;
  /** Called as each round trip begins: of a transaction, or of a statement outside one. */
  onRoundTrip?: (of: RoundTripOf) => void;
  /** How long `open` waits for a server that does not answer. Default: no limit. */
  openWithinMs?: number;
}

/** The server did not answer within `openWithinMs`. */
export class DatabaseAwayError extends Error {
  readonly code = 'database_away';
  override readonly name = 'DatabaseAwayError';

  constructor(url: string, cause: unknown) {
    const { hostname, port } = new URL(url);
    super(`the Postgres at ${hostname}:${port || 5432} does not answer: ${reasonOf(cause)}`, { cause });
  }
}

/** An AggregateError of several addresses has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: unknown[] };
  return message || (errors?.[0] ? reasonOf(errors[0]) : (code ?? String(error)));
}

const ping = statement('postgres.ping', 'SELECT 1');

/** A connection pool. Work that gets no connection within 5 s rejects with a transient error. */
export class Database implements UnitOfWork<PgTransaction>, Sql {
  readonly #pool: Pool;

  private constructor(private readonly options: DatabaseOptions) {
    this.#pool = new Pool({
      ...sessionConfig(options),
      ...(options.openWithinMs && { connectionTimeoutMillis: Math.min(5_000, options.openWithinMs) }),
      max: options.maxConnections ?? 10,
      idleTimeoutMillis: 30_000,
    });
    // An idle connection ended. The pool has dropped it, and no query waits for it.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Waits until the server answers.
   *
   * @throws DatabaseAwayError after `openWithinMs`; any error that is not transient (a wrong password, no such database)
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    try {
      await database.waitUntilReachable();
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  async query<Row extends object = Record<string, unknown>>(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.options.onRoundTrip?.('statement');
    const { rows } = await this.#pool.query<Row & QueryResultRow>({ ...statement, values: [...values] });
    return rows;
  }

  async transaction<T>(work: (tx: PgTransaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    const tx = new OpenTransaction({
      send: (statements) => {
        this.options.onRoundTrip?.('transaction');
        return sendPipeline(client, statements);
      },
    });
    try {
      return await tx.perform(work);
    } finally {
      client.release(!tx.clean);
    }
  }

  isTransient(error: unknown): boolean {
    return isTransientError(error);
  }

  /**
   * Calls `onNotify` for every NOTIFY on the channel, on a separate connection, and after a reconnect, since a
   * notification may be lost. Resolves once it listens.
   */
  async listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }> {
    const listener = new Listener(sessionConfig(this.options), channel, onNotify, this.options.clock);
    await listener.start();
    return listener;
  }

  async waitUntilReachable(): Promise<void> {
    const { clock, openWithinMs = Infinity, url } = this.options;
    const deadlineMs = clock.monotonicMs() + openWithinMs;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.query(ping);
        return;
      } catch (error) {
        if (!isTransientError(error)) throw error;
        if (clock.monotonicMs() >= deadlineMs) throw new DatabaseAwayError(url, error);
      }
      await clock.sleep(fullJitterMs(attempt, { baseMs: 100, capMs: 2_000 }, () => clock.random()));
    }
  }

  /** Waits for connections in use, and closes the pool. */
  async close(): Promise<void> {
    await this.#pool.end();
  }
}
