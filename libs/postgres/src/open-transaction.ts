import assert from 'node:assert/strict';
import type { BoundStatement, PipelinedConnection, StatementOutcome } from './connection.js';
import type { Statement } from './statement.js';
import type { PgTransaction, ReceiveRows } from './transaction.js';
import { CommitUnknownError, isDefiniteRefusal } from './transient.js';

/** A statement and what becomes of its answer. */
interface Issued {
  readonly statement: BoundStatement;
  readonly answered: (answer: StatementOutcome) => void;
  readonly failed: (error: Error) => void;
}

// Named as they are written, so that each is parsed once per connection.
const command = (text: string): BoundStatement => ({ name: text, text, values: [] });
const begin = command('BEGIN');
const commit = command('COMMIT');
const rollback = command('ROLLBACK');

/**
 * One transaction on one connection. What its work issues in one turn of the event loop is one round trip: BEGIN travels
 * with the first statements, COMMIT with the last ones. A round trip begins when the one before has been answered, so
 * nothing is executed behind a BEGIN or a statement that failed.
 */
export class OpenTransaction implements PgTransaction {
  readonly #commitEffects: (() => void)[] = [];
  readonly #rollbackEffects: (() => void)[] = [];
  #issued: Issued[] = [];
  #roundTrip: Promise<void> | undefined;
  #begun = false;
  #open = true;
  #failure: Error | undefined;
  /** False when an error left open what the server has done. */
  #known = true;
  #clean = false;

  constructor(private readonly connection: PipelinedConnection) {}

  /** True if the connection is known to be outside a transaction and may be reused. */
  get clean(): boolean {
    return this.#clean;
  }

  /** BEGIN, the work, and COMMIT, or ROLLBACK if the work throws. */
  async perform<T>(work: (tx: PgTransaction) => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work(this);
    } catch (error) {
      await this.#rollback(error);
      throw error;
    }
    await this.#commit();
    return result;
  }

  query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#issue(statement, values, (rows) => resolve(rows as Row[]), reject);
      this.#sendSoon();
    });
  }

  enqueue<Row extends object>(
    statement: Statement,
    values: readonly unknown[] = [],
    answered: ReceiveRows<Row> = () => undefined,
  ): void {
    // `#failure` has its error, so the transaction rejects.
    this.#issue(
      statement,
      values,
      (rows) => run([() => answered(rows as Row[])]),
      () => undefined,
    );
  }

  onCommit(effect: () => void): void {
    this.#commitEffects.push(effect);
  }

  onRollback(effect: () => void): void {
    this.#rollbackEffects.push(effect);
  }

  #issue(
    statement: Statement,
    values: readonly unknown[],
    answered: (rows: readonly unknown[]) => void,
    failed: (error: Error) => void,
  ): void {
    assert(this.#open, `${statement.name} was issued after its transaction had ended`);
    if (this.#failure) return failed(this.#failure);
    // Copied, since it is serialized later.
    const copies = values.map((value) => (Array.isArray(value) ? ([...value] as unknown[]) : value));
    this.#issued.push({
      statement: { ...statement, values: copies },
      answered: ({ rows }) => answered(rows),
      failed,
    });
  }

  /** At the end of the turn, so that the work can issue more. What is issued during a round trip waits for its answer. */
  #sendSoon(): void {
    process.nextTick(() => {
      if (!this.#roundTrip && this.#issued.length > 0) void this.#send();
    });
  }

  /** Never rejects: `#failure` has the error. */
  #send(): Promise<void> {
    this.#roundTrip = this.#exchange(this.#issued.splice(0));
    return this.#roundTrip;
  }

  async #exchange(sent: readonly Issued[]): Promise<void> {
    let answers: readonly StatementOutcome[];
    try {
      answers = await this.#answersTo(sent.map(({ statement }) => statement));
    } catch (error) {
      this.#roundTrip = undefined;
      return this.#fail(error as Error, sent);
    }
    this.#roundTrip = undefined;
    for (const [place, { answered }] of sent.entries()) answered(answers[place]!);
    this.#sendSoon();
  }

  async #answersTo(statements: readonly BoundStatement[]): Promise<readonly StatementOutcome[]> {
    const first = !this.#begun;
    // Throws when a value cannot be serialized. Nothing has been sent then.
    const answers = this.connection.send(first ? [begin, ...statements] : statements);
    this.#begun = true;
    try {
      return (await answers).slice(first ? 1 : 0);
    } catch (error) {
      this.#known = isDefiniteRefusal(error);
      throw error;
    }
  }

  #fail(error: Error, sent: readonly Issued[] = []): void {
    this.#failure ??= error;
    for (const { failed } of [...sent, ...this.#issued.splice(0)]) failed(this.#failure);
  }

  async #commit(): Promise<void> {
    this.#open = false;
    await this.#roundTrip;
    // The work caught the error of a statement.
    if (this.#failure) return this.#rejectAfterRollback(this.#failure);
    let tag: string | undefined;
    this.#issued.push({
      statement: commit,
      answered: ({ command }) => (tag = command),
      failed: () => undefined,
    });
    await this.#send();
    if (this.#failure)
      return this.#rejectAfterRollback(this.#known ? this.#failure : new CommitUnknownError(this.#failure));
    this.#clean = true;
    if (tag !== 'COMMIT') {
      run(this.#rollbackEffects);
      assert.fail(`COMMIT was answered by ${tag}`);
    }
    run(this.#commitEffects);
  }

  async #rejectAfterRollback(error: Error): Promise<never> {
    await this.#rollback(error);
    throw error;
  }

  /** Never rejects: when ROLLBACK cannot be sent, the closed connection makes the server roll back. */
  async #rollback(error: unknown): Promise<void> {
    this.#open = false;
    this.#fail(error as Error);
    await this.#roundTrip;
    if (!this.#begun) this.#clean = true;
    else if (this.#known) this.#clean = await this.#isRolledBack();
    run(this.#rollbackEffects);
  }

  async #isRolledBack(): Promise<boolean> {
    try {
      await this.connection.send([rollback]);
      return true;
    } catch {
      return false;
    }
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
