import type { Clock } from '#clock';
import type { PgTransaction, Sql, UnitOfWork } from '../transaction.js';

/** `Database`, as far as anything of ours knows it. */
export interface DatabasePort extends UnitOfWork<PgTransaction>, Sql {
  listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }>;
  waitUntilReachable(): Promise<void>;
  close(): Promise<void>;
}

/** One database and the way to it, whichever stands behind them. */
export interface DatabaseWorld {
  /** In whose time it works. */
  readonly clock: Clock;
  /** As another process sees it, with connections of its own. */
  open(options?: { maxConnections?: number }): Promise<DatabasePort>;
  /** Every connection that there is ends. */
  cut(): void;
  /** The server is gone, for whoever looks, until it is back. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** The next COMMIT that anybody sends: the connection ends before the server has heard of it, or after it has done it. */
  loseNextCommit(when: 'before' | 'after'): void;
  /** How many statements wait for a lock, by the server's own word. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** @param ddl what the database has in it: statements, as a migration has them */
export type OpenDatabaseWorld = (ddl: string) => Promise<DatabaseWorld>;
