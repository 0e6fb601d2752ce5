import assert from 'node:assert/strict';
import type { ClientBase, QueryResult } from 'pg';
import type { Statement } from './statement.js';
import type { PgTransaction } from './transaction.js';
import { CommitUnknownError, isDefiniteRefusal } from './transient.js';

/**
 * One transaction on one connection. Statements are pipelined, so COMMIT shares a round trip with the last ones. After a
 * failed statement the server answers COMMIT with ROLLBACK; after one that could not be sent, COMMIT is not sent.
 */
export class OpenTransaction implements PgTransaction {
  readonly #commitEffects: (() => void)[] = [];
  readonly #rollbackEffects: (() => void)[] = [];
  #firstFailure: Error | undefined;
  #open = true;
  #clean = false;

  constructor(private readonly client: ClientBase) {}

  /** True if the connection is known to be outside a transaction and may be reused. */
  get clean(): boolean {
    return this.#clean;
  }

  /** BEGIN, the work, and COMMIT, or ROLLBACK if the work throws. */
  async perform<T>(work: (tx: PgTransaction) => Promise<T>): Promise<T> {
    let result: T;
    try {
      await this.#send({ text: 'BEGIN' });
      result = await work(this);
    } catch (error) {
      await this.#rollback();
      throw error;
    }
    await this.#commit();
    return result;
  }

  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    assert(this.#open, `${statement.name} was sent after its transaction had ended`);
    const { rows } = await this.#send({ ...statement, values: [...values] });
    return rows as Row[];
  }

  enqueue(statement: Statement, values: readonly unknown[] = []): void {
    assert(this.#open, `${statement.name} was sent after its transaction had ended`);
    this.#send({ ...statement, values: [...values] }).catch(() => {
      // `#firstFailure` has the error; COMMIT's answer decides the outcome.
    });
  }

  onCommit(effect: () => void): void {
    this.#commitEffects.push(effect);
  }

  onRollback(effect: () => void): void {
    this.#rollbackEffects.push(effect);
  }

  async #commit(): Promise<void> {
    this.#open = false;
    // The work caught the error of a statement. The server would roll back anyway.
    if (this.#firstFailure) {
      const failure = this.#firstFailure;
      await this.#rollback();
      throw failure;
    }
    let answer: QueryResult;
    try {
      answer = await this.#send({ text: 'COMMIT' });
    } catch (error) {
      this.#clean = isDefiniteRefusal(error);
      run(this.#rollbackEffects);
      const failure = this.#firstFailure ?? error;
      throw isDefiniteRefusal(failure) ? failure : new CommitUnknownError(error);
    }
    this.#clean = true;
    if (answer.command !== 'COMMIT') {
      run(this.#rollbackEffects);
      throw this.#firstFailure ?? assert.fail(`COMMIT was answered by ${answer.command}`);
    }
    run(this.#commitEffects);
  }

  /** Never rejects: when ROLLBACK cannot be sent, the closed connection makes the server roll back. */
  async #rollback(): Promise<void> {
    this.#open = false;
    // After a client-side error the connection's state is unknown: close it.
    const sound = this.#firstFailure === undefined || isDefiniteRefusal(this.#firstFailure);
    if (sound) {
      await this.#send({ text: 'ROLLBACK' }).then(
        () => (this.#clean = true),
        () => undefined,
      );
    }
    run(this.#rollbackEffects);
  }

  /** pg's callback form reports an error in serializing the values before `query` returns. */
  #send(config: { name?: string; text: string; values?: unknown[] }): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      this.client.query(config, (error: Error | null, result: QueryResult) => {
        if (!error) return resolve(result);
        this.#firstFailure ??= error;
        Error.captureStackTrace(error, OpenTransaction);
        reject(error);
      });
    });
  }
}

function run(effects: (() => void)[]): void {
  for (const effect of effects) {
    try {
      effect();
    } catch (bug) {
      // The outcome cannot change. Throw outside the transaction, so that a bug ends the process.
      queueMicrotask(() => {
        throw bug;
      });
    }
  }
}
