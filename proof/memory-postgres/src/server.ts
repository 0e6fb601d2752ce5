import assert from 'node:assert/strict';
import { compile, planOf, type CompiledStatement } from './compile/statement.js';
import { define } from './ddl.js';
import { DatabaseSchema } from './schema.js';
import { DataError, type SqlValue } from './sql-type.js';
import { StatementClock } from './statement-clock.js';
import { Storage, type RowOwner, type StoredRow } from './storage.js';
import { parse } from './syntax.js';
import { LockWait, MemoryTransaction } from './memory-transaction.js';

export type Rows = Record<string, SqlValue>[];

/** A statement's result. It arrives by callback, since the statement may have to wait for a lock. */
export type StatementReply = { readonly rows: Rows } | { readonly error: Error };

export interface ServerOptions {
  /** Milliseconds since the epoch, on the server's own clock. */
  now: () => number;
  /** Runs the work in a later turn: waiters whose lock was released, in the order in which they began to wait. */
  soon: (work: () => void) => void;
  /** Runs the work after `delayMs`, unless cancelled. */
  after: (delayMs: number, work: () => void) => { cancel(): void };
  lockTimeoutMs?: number;
  /** Called after each commit with the rows that it wrote. Their `committed` is the new version. */
  onCommit?: ((written: readonly StoredRow[]) => void) | undefined;
  /** Called with every statement that a session submits. */
  onSubmit?: ((session: Session, text: string, params: readonly SqlValue[]) => void) | undefined;
}

/** A template database: migrated once, copied for each world. It holds the schema and the rows that migrations wrote. */
export class Template {
  readonly #storage = new Storage(new DatabaseSchema());

  /** Executes a migration: any number of statements. */
  execute(sql: string): void {
    for (const statement of parse(sql)) {
      if (define(this.#storage.schema, statement)) this.#storage.grow();
      else this.#write(compile(this.#storage.schema, statement));
    }
  }

  #write(plan: CompiledStatement): void {
    const tx = new MemoryTransaction(this.#storage, 0);
    tx.beginStatement();
    plan.run({
      storage: this.#storage,
      tx,
      params: [],
      snapshot: this.#storage.csn,
      clock: new StatementClock(() => 0),
    });
    tx.commit(false);
  }

  storage(): Storage {
    return this.#storage.copy();
  }

  /** Why the statement cannot be compiled against this schema. Undefined if it can. */
  problemWith(text: string): string | undefined {
    try {
      planOf(this.#storage.schema, text);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

interface Running {
  readonly session: Session;
  readonly text: string;
  readonly params: readonly SqlValue[];
  readonly tx: MemoryTransaction;
  readonly snapshot: number;
  readonly clock: StatementClock;
  readonly reply: (reply: StatementReply) => void;
  patience?: { cancel(): void };
}

/** One database. Statements of many sessions run one at a time; each runs to its end or until it waits for a lock. */
export class Server {
  /** Waiting statements and the transactions that they wait for: the graph in which deadlocks are found. */
  readonly #waiting = new Map<Running, LockWait>();
  readonly #listeners = new Map<string, Set<() => void>>();
  statements = 0;
  commits = 0;
  deadlocks = 0;

  constructor(
    readonly storage: Storage,
    readonly options: ServerOptions,
  ) {}

  connect(): Session {
    return new Session(this);
  }

  /** LISTEN: calls back after every commit that notified the channel. */
  listen(channel: string, onNotify: () => void): { close(): void } {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(onNotify));
    return { close: () => void listeners.delete(onNotify) };
  }

  /** Calls every listener, as a client does after a reconnect, when notifications may have been missed. */
  notifyListeners(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener();
  }

  begin(): MemoryTransaction {
    const tx = new MemoryTransaction(this.storage, this.options.now());
    this.storage.open.add(tx);
    return tx;
  }

  run(
    session: Session,
    tx: MemoryTransaction,
    text: string,
    params: readonly SqlValue[],
    reply: (reply: StatementReply) => void,
  ): void {
    this.statements++;
    tx.beginStatement();
    this.#attempt({
      session,
      tx,
      text,
      params,
      reply,
      snapshot: this.storage.csn,
      clock: new StatementClock(this.options.now),
    });
  }

  commit(tx: MemoryTransaction): void {
    assert.equal(tx.state, 'open');
    this.commits++;
    const written = this.options.onCommit && tx.hasWritten ? tx.written : [];
    tx.commit(this.#waiting.size > 0);
    if (written.length > 0) this.options.onCommit!(written);
    this.#ended(tx);
    for (const channel of tx.notifications) for (const listener of this.#listeners.get(channel) ?? []) listener();
  }

  rollback(tx: MemoryTransaction): void {
    if (tx.state !== 'open') return;
    tx.rollback();
    this.#ended(tx);
  }

  /** Number of statements that wait for a lock. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether a statement of the session waits for a lock. */
  waits(session: Session): boolean {
    return [...this.#waiting.keys()].some((running) => running.session === session);
  }

  /** The row for whose lock a statement of the session waits. */
  rowAwaitedBy(session: Session): StoredRow | undefined {
    for (const [running, { row }] of this.#waiting) if (running.session === session) return row;
    return undefined;
  }

  /** Cancels the session's lock waits. */
  abandon(session: Session): void {
    for (const running of this.#waiting.keys()) if (running.session === session) this.#stopWaiting(running);
  }

  #attempt(running: Running): void {
    const { tx, text, params, snapshot, clock } = running;
    // Undone only now: while this statement waited, others could wait for its writes.
    tx.undoStatement();
    clock.rewind();
    try {
      const plan = planOf(this.storage.schema, text);
      const rows = plan.run({ storage: this.storage, tx, params, snapshot, clock });
      running.reply({ rows });
    } catch (thrown) {
      if (thrown instanceof LockWait) return this.#wait(running, thrown);
      if (!(thrown instanceof DataError)) throw thrown;
      this.#fail(running, thrown);
    }
  }

  #wait(running: Running, lockWait: LockWait): void {
    this.#waiting.set(running, lockWait);
    if (this.#waitsForItself(running.tx)) {
      this.deadlocks++;
      return this.#fail(running, new DataError('40P01', 'deadlock detected'));
    }
    running.patience ??= this.options.after(this.options.lockTimeoutMs ?? 5_000, () =>
      this.#fail(running, new DataError('55P03', 'canceling statement due to lock timeout')),
    );
  }

  #fail(running: Running, error: Error): void {
    this.#stopWaiting(running);
    // Postgres releases the locks of a failed transaction at once, not at the client's ROLLBACK.
    this.rollback(running.tx);
    running.tx.state = 'failed';
    running.reply({ error });
  }

  #stopWaiting(running: Running): void {
    this.#waiting.delete(running);
    running.patience?.cancel();
  }

  #waitsForItself(first: MemoryTransaction): boolean {
    const seen = new Set<RowOwner>();
    const reaches = (tx: RowOwner): boolean => {
      for (const [running, { holders }] of this.#waiting) {
        if (running.tx !== tx) continue;
        for (const holder of holders) {
          if (holder === first) return true;
          if (seen.has(holder)) continue;
          seen.add(holder);
          if (reaches(holder)) return true;
        }
      }
      return false;
    };
    return reaches(first);
  }

  #ended(tx: MemoryTransaction): void {
    this.storage.open.delete(tx);
    for (const [running, { holders }] of this.#waiting) {
      if (!holders.includes(tx)) continue;
      this.options.soon(() => {
        if (!this.#waiting.has(running)) return;
        this.#waiting.delete(running);
        this.#attempt(running);
        if (!this.#waiting.has(running)) running.patience?.cancel();
      });
    }
  }
}

/** One connection: one transaction and one statement at a time. Statements submitted meanwhile are queued. */
export class Session {
  #tx: MemoryTransaction | undefined;
  readonly #queue: {
    text: string;
    params: readonly SqlValue[];
    reply: (reply: StatementReply, command: string) => void;
  }[] = [];
  #busy = false;
  #closed = false;

  constructor(private readonly server: Server) {}

  get inTransaction(): boolean {
    return this.#tx !== undefined;
  }

  /** True while no statement runs, waits or is queued: the condition of the idle time-out. */
  get idle(): boolean {
    return !this.#busy && this.#queue.length === 0;
  }

  /** Whether its statement waits for a lock. */
  get waits(): boolean {
    return this.server.waits(this);
  }

  /** @param reply called once, unless the session closes first; `command` is the command tag: a failed COMMIT has ROLLBACK */
  submit(text: string, params: readonly SqlValue[], reply: (reply: StatementReply, command: string) => void): void {
    if (this.#closed) return;
    this.server.options.onSubmit?.(this, text, params);
    this.#queue.push({ text, params, reply });
    if (!this.#busy) this.#next();
  }

  /** Rolls back an open transaction, as Postgres does when a connection is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.length = 0;
    this.server.abandon(this);
    if (this.#tx) this.server.rollback(this.#tx);
    this.#tx = undefined;
  }

  #next(): void {
    const next = this.#queue.shift();
    if (!next) return;
    const { text, params, reply } = next;
    this.#busy = true;
    const done = (answer: StatementReply, command: string): void => {
      this.#busy = false;
      if (this.#closed) return;
      reply(answer, command);
      this.#next();
    };
    if (text === 'BEGIN' && this.#tx?.state !== 'failed') {
      // BEGIN inside a transaction is only a warning in Postgres.
      this.#tx ??= this.server.begin();
      done({ rows: [] }, text);
    } else if (text === 'COMMIT' || text === 'ROLLBACK') {
      done({ rows: [] }, this.#end(text));
    } else if (this.#tx?.state === 'failed') {
      done({ error: new DataError('25P02', 'current transaction is aborted') }, text);
    } else {
      this.#run(text, params, (answer) => done(answer, text));
    }
  }

  #end(text: 'COMMIT' | 'ROLLBACK'): 'COMMIT' | 'ROLLBACK' {
    const tx = this.#tx;
    this.#tx = undefined;
    if (!tx) return text;
    if (text === 'COMMIT' && tx.state === 'open') {
      this.server.commit(tx);
      return 'COMMIT';
    }
    this.server.rollback(tx);
    return 'ROLLBACK';
  }

  #run(text: string, params: readonly SqlValue[], done: (answer: StatementReply) => void): void {
    if (this.#tx) return this.server.run(this, this.#tx, text, params, done);
    const tx = this.server.begin();
    this.#tx = tx;
    this.server.run(this, tx, text, params, (answer) => {
      this.#tx = undefined;
      if ('error' in answer) this.server.rollback(tx);
      else this.server.commit(tx);
      done(answer);
    });
  }
}
