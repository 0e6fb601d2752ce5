import type { Statement } from './statement.js';

/**
 * Effects of a transaction's outcome. They run synchronously, in order, before `transaction` settles. One that throws is
 * a bug and crashes the process, since a commit cannot be undone.
 */
export interface Transaction {
  onCommit(effect: () => void): void;
  /** Also runs when COMMIT got no answer: the effect must not rely on the commit. */
  onRollback(effect: () => void): void;
}

export interface UnitOfWork<Tx extends Transaction = Transaction> {
  /**
   * Commits when `work` resolves; rolls back and rejects with its error when it rejects.
   *
   * @throws CommitUnknownError when the connection is lost during COMMIT
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** True if a retry may succeed: the store was away or overloaded, or this transaction was a deadlock's victim. */
  isTransient(error: unknown): boolean;
}

export interface Sql {
  /** @returns rows: int8 as a safe integer, timestamptz as milliseconds (`Instant`), numeric as text */
  query<Row extends object = Record<string, unknown>>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

export type ReceiveRows<Row> = (rows: Row[]) => void;

/** Statements that are issued without an await between them share one round trip, and run in the order of the calls. */
export interface PgTransaction extends Transaction, Sql {
  /**
   * Sends a statement without awaiting it, in the round trip of the next query or of COMMIT. If it fails, the
   * transaction rejects. `answered` is called with its rows before the effects of the commit.
   */
  enqueue<Row extends object = Record<string, unknown>>(
    statement: Statement,
    values?: readonly unknown[],
    answered?: ReceiveRows<Row>,
  ): void;
}
