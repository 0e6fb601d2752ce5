import assert from 'node:assert/strict';
import type { Timer } from '#clock';
import { DataError, type StatementReply, type Server, type Session } from '#memory-postgres';
import {
  DatabaseError,
  OpenTransaction,
  isTransientError,
  type BoundStatement,
  type PgTransaction,
  type PipelinedConnection,
  type Sql,
  type Statement,
  type StatementOutcome,
  type UnitOfWork,
} from '#postgres';
import type { SimulatedNetwork } from './network.js';
import type { SimulatedProcess } from './simulated-process.js';

/** A database server, its network, and whether it is up. */
export interface DatabaseHost {
  readonly server: Server;
  readonly network: SimulatedNetwork;
  /** While false, new connections are refused. The open ones are cut when it goes down. */
  readonly isUp: () => boolean;
  /** While it is not up: it takes a connection only to say that it is starting. */
  readonly isStarting: () => boolean;
  readonly faults: DatabaseFaults;
  /** Open connections, for fault injection to cut. */
  readonly connections: Set<Connection>;
}

/** Fault injection at COMMIT: the connection is lost before the server commits, or after it and before the answer. */
export interface DatabaseFaults {
  onCommit(process: SimulatedProcess): 'nothing' | 'lost_before' | 'lost_after';
}

const IDLE_IN_TRANSACTION_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const KNOCK_EVERY_MS = 1_000;

/** One connection of a process. It has one round trip at a time. */
export class Connection implements PipelinedConnection {
  readonly #session: Session;
  readonly #pending = new Set<(error: Error) => void>();
  #executing = false;
  #gone: Error | undefined;

  constructor(
    readonly process: SimulatedProcess,
    private readonly host: DatabaseHost,
  ) {
    this.#session = host.server.connect();
    host.connections.add(this);
  }

  get usable(): boolean {
    return this.#gone === undefined;
  }

  send(statements: readonly BoundStatement[]): Promise<readonly StatementOutcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return this.#later(reject, this.#gone);
      this.#pending.add(reject);
      const commits = statements.some(({ text }) => text === 'COMMIT');
      const fault = commits ? this.host.faults.onCommit(this.process) : 'nothing';
      this.#executing = true;
      this.#execute(statements, fault, [], (failure, answers) => {
        this.#executing = false;
        this.process.scheduler.after(this.host.network.latencyMs(), this.process, () => {
          if (!this.#pending.delete(reject)) return;
          if (failure) reject(refusal(failure));
          else resolve(answers);
        });
      });
    });
  }

  /** Loses the connection: the server rolls back, and pending round trips fail with the error. */
  cut(error: Error = new Error('Connection terminated unexpectedly')): void {
    if (this.#gone) return;
    this.#gone = error;
    this.host.connections.delete(this);
    this.#session.close();
    for (const reject of this.#pending) this.#later(reject, error);
    this.#pending.clear();
  }

  /** An orderly close by the client. */
  close(): void {
    this.cut(new Error('Connection terminated'));
  }

  /** The server's idle_in_transaction_session_timeout has passed. */
  endIdleTransaction(): void {
    if (this.#session.inTransaction && !this.#executing) {
      this.cut(refusal(new DataError('25P03', 'terminating connection due to idle-in-transaction timeout')));
    }
  }

  /** Time passes before each statement, so that other sessions' statements come between two. */
  #execute(
    statements: readonly BoundStatement[],
    fault: ReturnType<DatabaseFaults['onCommit']>,
    answers: readonly StatementOutcome[],
    done: (failure: Error | undefined, answers: readonly StatementOutcome[]) => void,
  ): void {
    const [next, ...rest] = statements;
    if (!next) return done(undefined, answers);
    const { text, values } = next;
    this.process.scheduler.after(this.host.network.latencyMs(), undefined, () => {
      if (this.#gone) return;
      if (text === 'COMMIT' && fault === 'lost_before') return this.cut();
      this.#session.submit(text, values, (reply, command) => {
        if (text === 'COMMIT' && fault === 'lost_after') return this.cut();
        if ('error' in reply) return done(reply.error, []);
        this.#execute(rest, fault, [...answers, { command, rows: reply.rows.map(owned) }], done);
      });
    });
  }

  #later(reject: (error: Error) => void, error: Error): void {
    this.process.scheduler.after(0, this.process, () => reject(error));
  }
}

type Rows = Extract<StatementReply, { rows: unknown }>['rows'];

/** Copies objects of a row, so that a client's mutation does not reach the server. */
function owned(row: Rows[number]): Rows[number] {
  let copy: Rows[number] | undefined;
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'object' && value !== null) (copy ??= { ...row })[name] = copied(value);
  }
  return copy ?? row;
}

/** Columns hold no other objects than JSON and arrays, and structuredClone takes ten times as long. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = copied((value as Record<string, unknown>)[name]);
  return copy;
}

/** The server's error as pg throws it. */
function refusal(error: Error): Error {
  assert(error instanceof DataError);
  const thrown = new DatabaseError(error.message, error.message.length, 'error');
  thrown.code = error.code;
  if (error.constraint !== undefined) thrown.constraint = error.constraint;
  return thrown;
}

const refused = ({ isStarting }: DatabaseHost): Error =>
  isStarting()
    ? refusal(new DataError('57P03', 'the database system is starting up'))
    : Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** What a server that is told to end says to its sessions. */
export const toldToEnd = (): Error =>
  refusal(new DataError('57P01', 'terminating connection due to administrator command'));

interface Waiting {
  readonly take: (connection: Connection) => void;
  readonly give: (error: Error) => void;
  readonly patience: Timer;
}

/** `Database` of `#postgres` over connections to a server in memory, with production's own transactions. */
export class SimulatedDatabase implements UnitOfWork<PgTransaction>, Sql {
  readonly #idle: Connection[] = [];
  readonly #queue: Waiting[] = [];
  #open = 0;
  #closing: { readonly closed: Promise<void>; readonly done: () => void } | undefined;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly host: DatabaseHost,
    private readonly maxConnections = 10,
  ) {
    const ours = (): Connection[] => [...host.connections].filter((connection) => connection.process === process);
    process.onDeath(() => ours().forEach((connection) => connection.close()));
    process.onFreeze(() => {
      process.scheduler.after(IDLE_IN_TRANSACTION_MS, undefined, () => {
        if (process.frozen) ours().forEach((connection) => connection.endIdleTransaction());
      });
    });
  }

  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const connection = await this.#connect();
    try {
      const [answer] = await connection.send([{ ...statement, values }]);
      return answer!.rows as Row[];
    } finally {
      this.#release(connection, connection.usable);
    }
  }

  async transaction<T>(work: (tx: PgTransaction) => Promise<T>): Promise<T> {
    const connection = await this.#connect();
    const tx = new OpenTransaction(connection);
    try {
      return await tx.perform(work);
    } finally {
      this.#release(connection, tx.clean);
    }
  }

  isTransient(error: unknown): boolean {
    return isTransientError(error);
  }

  /** LISTEN. After an outage the world calls every listener once, as production's reconnecting listener does. */
  async listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }> {
    const { process, host } = this;
    const { scheduler } = process;
    if (!host.isUp()) throw refused(host);
    const tell = (): void => {
      if (host.isUp()) scheduler.after(host.network.latencyMs(), process, onNotify);
    };
    const listening = host.server.listen(channel, tell);
    process.onDeath(() => listening.close());
    return Promise.resolve({ close: () => Promise.resolve(listening.close()) });
  }

  waitUntilReachable(): Promise<void> {
    return new Promise((resolve) => {
      const knock = (): void => {
        if (this.host.isUp()) resolve();
        else this.process.scheduler.after(KNOCK_EVERY_MS, this.process, knock);
      };
      knock();
    });
  }

  /** Resolves once every connection in use has been released and closed. */
  close(): Promise<void> {
    if (!this.#closing) {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      this.#closing = { closed, done };
      for (const connection of this.#idle.splice(0)) this.#drop(connection);
      if (this.#open === 0) done();
    }
    return this.#closing.closed;
  }

  #connect(): Promise<Connection> {
    if (this.#closing) return Promise.reject(new Error('Cannot use a pool after calling end on the pool'));
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.usable) return Promise.resolve(idle);
      this.#open--;
    }
    return new Promise((resolve, reject) => {
      if (this.#open < this.maxConnections) {
        this.#open++;
        this.#dial(resolve, reject);
        return;
      }
      const patience = this.process.scheduler.after(CONNECT_TIMEOUT_MS, this.process, () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(new Error('timeout exceeded when trying to connect'));
      });
      const waiting: Waiting = { take: resolve, give: reject, patience };
      this.#queue.push(waiting);
    });
  }

  #dial(resolve: (connection: Connection) => void, reject: (error: Error) => void): void {
    const { process, host } = this;
    process.scheduler.after(host.network.latencyMs() * 2, process, () => {
      if (host.isUp()) return resolve(new Connection(process, host));
      this.#gone();
      reject(refused(host));
    });
  }

  #release(connection: Connection, clean: boolean): void {
    const waiting = this.#queue.shift();
    waiting?.patience.cancel();
    if (clean && connection.usable && (waiting || !this.#closing)) {
      if (waiting) waiting.take(connection);
      else this.#idle.push(connection);
      return;
    }
    this.#drop(connection);
    if (!waiting) return;
    this.#open++;
    this.#dial(waiting.take, waiting.give);
  }

  #drop(connection: Connection): void {
    connection.close();
    this.#gone();
  }

  #gone(): void {
    if (--this.#open === 0) this.#closing?.done();
  }
}
