import assert from 'node:assert/strict';
import type { ClientBase, QueryResult } from 'pg';
import type { Statement } from './statement.js';
import type { PgTransaction } from './transaction.js';
import { CommitUnknownError, isDefiniteRefusal } from './transient.js';

/**
 * One transaction on one connection. Statements are written to the socket as soon as they are issued, so
 * those issued together share a round trip, and COMMIT shares that of the last ones.
 *
 * Nothing is ever half committed: a statement that fails on the server dooms the transaction there, and
 * the COMMIT behind it answers ROLLBACK. A statement that never left (its values could not be written) is
 * known before COMMIT is sent, which then is not.
 */
export class OpenTransaction implements PgTransaction {
  readonly #commitEffects: (() => void)[] = [];
  readonly #rollbackEffects: (() => void)[] = [];
  #firstFailure: Error | undefined;
  #open = true;
  #clean = false;

  constructor(private readonly client: ClientBase) {}

  /** True when the connection is known to be outside a transaction and may be used again. */
  get clean(): boolean {
    return this.#clean;
  }

  /** All of it: BEGIN, the work, and COMMIT, or ROLLBACK of what threw. */
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
      // Kept as the first failure; COMMIT's answer tells the outcome.
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
    // A step that caught a failed statement and went on: the server would roll back all the same.
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

  /** Never rejects: when ROLLBACK cannot be sent, the connection is closed and the server does it. */
  async #rollback(): Promise<void> {
    this.#open = false;
    // After an error of our side the connection's state is not known for sure; it is given up.
    const sound = this.#firstFailure === undefined || isDefiniteRefusal(this.#firstFailure);
    if (sound) {
      await this.#send({ text: 'ROLLBACK' }).then(
        () => (this.#clean = true),
        () => undefined,
      );
    }
    run(this.#rollbackEffects);
  }

  /** pg's callback form: an error in writing the values is reported before `query` returns. */
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
      // The outcome stands. Thrown outside, a bug still ends the process.
      queueMicrotask(() => {
        throw bug;
      });
    }
  }
}
