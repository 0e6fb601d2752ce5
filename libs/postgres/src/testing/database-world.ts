import type { Clock } from '#clock';
import type { PgTransaction, Sql, UnitOfWork } from '../transaction.js';

/** The interface of `Database`. */
export interface DatabasePort extends UnitOfWork<PgTransaction>, Sql {
  listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }>;
  waitUntilReachable(): Promise<void>;
  close(): Promise<void>;
}

/** One database and its network, real or in memory. */
export interface DatabaseWorld {
  /** The database's clock. */
  readonly clock: Clock;
  /** A separate process with its own connections. */
  open(options?: { maxConnections?: number }): Promise<DatabasePort>;
  /** Ends all connections. */
  cut(): void;
  /** Makes the server unreachable, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** Ends the connection of the next COMMIT, before or after the server executes it. */
  loseNextCommit(when: 'before' | 'after'): void;
  /** How many statements wait for a lock, from the server's view. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** @param ddl statements, as in a migration */
export type OpenDatabaseWorld = (ddl: string) => Promise<DatabaseWorld>;
