import type { Statement } from './statement.js';

export interface BoundStatement extends Statement {
  readonly values: readonly unknown[];
}

/** `command` is the server's tag: COMMIT of a failed transaction is answered by ROLLBACK. */
export interface StatementOutcome {
  readonly command: string;
  readonly rows: readonly unknown[];
}

/** What a transaction needs of its connection. */
export interface PipelinedConnection {
  /**
   * One round trip: writes the statements at once, under one Sync. The server executes them in order, skips the rest
   * after one that fails, and answers all together.
   *
   * @returns one answer per statement; rejects with the error of the one that failed, or when the connection is lost
   * @throws at once, and sends nothing, when a value cannot be serialized
   */
  send(statements: readonly BoundStatement[]): Promise<readonly StatementOutcome[]>;
}
