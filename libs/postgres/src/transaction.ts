import type { Statement } from './statement.js';

/**
 * What a step may hang on the outcome of its transaction. Effects run synchronously, in order, right
 * after the outcome is known and before `transaction` settles. One that throws is a bug: it cannot undo
 * a commit, so it is rethrown outside, where it crashes the process.
 */
export interface Transaction {
  onCommit(effect: () => void): void;
  /** Also runs when the outcome stays unknown: whoever counted on the commit must not. */
  onRollback(effect: () => void): void;
}

export interface UnitOfWork<Tx extends Transaction = Transaction> {
  /**
   * Commits when `work` resolves, rolls back when it rejects, with its error. Rejects with
   * `CommitUnknownError` when the connection was lost while COMMIT was under way.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** True when the same work may succeed later: the store was out of reach, busy, or chose a victim. */
  isTransient(error: unknown): boolean;
}

export interface Sql {
  /** Rows in order. int8 arrives as a safe integer, timestamptz as milliseconds (`Instant`), numeric as text. */
  query<Row extends object = Record<string, unknown>>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

export interface PgTransaction extends Transaction, Sql {
  /**
   * Sends a statement whose rows nobody needs, without waiting for it: COMMIT follows in the same round
   * trip. If it fails, the transaction rolls back and rejects with its error.
   */
  enqueue(statement: Statement, values?: readonly unknown[]): void;
}
