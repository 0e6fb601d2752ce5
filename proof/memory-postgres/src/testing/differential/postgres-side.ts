import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';
import { sessionConfig } from '#postgres';
import { isEnd } from './memory-side.js';
import {
  SESSIONS,
  type StatementResult,
  type ScriptObservation,
  type ResultRow,
  type ComparedDatabase,
  type ScriptStep,
} from './script.js';

/**
 * Functions that shadow `pg_catalog` in the search path, so that statements read the script's clock. The snapshot is
 * shadowed too, because transactions in other databases of the same server would hold back its xmin.
 */
const underControl = `
  CREATE SCHEMA control;
  CREATE SCHEMA initial;
  CREATE SEQUENCE control.clock;
  CREATE FUNCTION control.now() RETURNS timestamptz STABLE LANGUAGE sql
    AS $$ SELECT to_timestamp(current_setting('control.transaction_ms')::float8 / 1000) $$;
  CREATE FUNCTION control.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql
    AS $$ SELECT to_timestamp(current_setting('control.statement_ms')::float8 / 1000) $$;
  CREATE FUNCTION control.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
    AS $$ SELECT to_timestamp(last_value::float8 / 1000) FROM control.clock $$;
  CREATE FUNCTION control.pg_current_snapshot() RETURNS xid8 STABLE LANGUAGE sql
    AS $$ SELECT current_setting('control.xmin')::xid8 $$;
  CREATE FUNCTION control.pg_snapshot_xmin(xid8) RETURNS xid8 IMMUTABLE LANGUAGE sql AS $$ SELECT $1 $$;
`;
const settings = [
  '-c search_path=public,control,pg_catalog',
  '-c control.transaction_ms=0',
  '-c control.statement_ms=0',
  '-c control.xmin=1',
  '-c lock_timeout=0',
  '-c statement_timeout=0',
  '-c idle_in_transaction_session_timeout=0',
  '-c deadlock_timeout=5ms',
].join(' ');

const XID8 = 5069;
const SETTLED_WITHIN_MS = 30_000;

export interface PostgresSideOptions {
  /** Connection string of the server. The database exists and is empty. */
  readonly url: string;
  readonly database: string;
  readonly migrate: (execute: (sql: string) => Promise<unknown>) => Promise<void>;
  readonly channels: readonly string[];
}

interface Session {
  readonly client: Client;
  readonly pid: number;
  inTransaction: boolean;
}

/** A real Postgres. `pg_locks` says which sessions wait. */
export class PostgresSide implements ComparedDatabase {
  readonly #sessions: Session[] = [];
  readonly #pending = new Set<number>();
  readonly #tables: { name: string; columns: string }[] = [];
  #answers = new Map<number, StatementResult>();
  #heard = new Map<string, number>();
  #marked: (() => void) | undefined;
  /** Columns of type xid8: only the order of their values is comparable between the two databases. */
  readonly xidColumns = new Set<string>();

  private constructor(private readonly control: Client) {}

  static async open(options: PostgresSideOptions): Promise<PostgresSide> {
    const control = await connected(options);
    const side = new PostgresSide(control);
    await control.query(underControl);
    await options.migrate((sql) => control.query(sql));
    await side.#keepWhatMigrationsWrote();
    for (const channel of options.channels) await control.query(`LISTEN ${channel}`);
    await control.query('LISTEN control_mark');
    control.on('notification', ({ channel }) => {
      if (channel === 'control_mark') return side.#marked?.();
      side.#heard.set(channel, (side.#heard.get(channel) ?? 0) + 1);
    });
    for (let session = 0; session < SESSIONS; session++) {
      const client = await connected(options);
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      side.#sessions.push({ client, pid: rows[0]!.pid, inTransaction: false });
    }
    return side;
  }

  async reset(): Promise<void> {
    // A script that found a difference stops in the middle, with statements still waiting.
    while (this.#pending.size > 0) {
      const pids = [...this.#pending].map((place) => this.#sessions[place]!.pid);
      await this.control.query('SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid', [pids]);
    }
    for (const session of this.#sessions) {
      await session.client.query('ROLLBACK');
      session.inTransaction = false;
    }
    await this.#mark();
    this.#heard = new Map();
    const restored = this.#tables.map(
      ({ name, columns }) =>
        `DELETE FROM "${name}"; INSERT INTO "${name}" (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM initial."${name}";`,
    );
    const restarted = await this.control.query<{ sequence: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS sequence FROM pg_sequences WHERE schemaname = 'public'`,
    );
    const numbers = restarted.rows.map(({ sequence }) => `ALTER SEQUENCE ${sequence} RESTART;`);
    // The replica role skips triggers and foreign keys, which would reject the deletes.
    await this.control.query(
      ['BEGIN; SET LOCAL session_replication_role = replica;', ...restored, ...numbers, 'COMMIT'].join('\n'),
    );
  }

  async take({ session: place, atMs, name, text, params }: ScriptStep): Promise<ScriptObservation> {
    const session = this.#sessions[place]!;
    this.#answers = new Map();
    await this.control.query({ name: 'tick', text: `SELECT setval('control.clock', $1)`, values: [atMs] });
    const settings: Record<string, string> = { statement_ms: String(atMs) };
    if (!session.inTransaction) settings['transaction_ms'] = String(atMs);
    if (text.includes('pg_current_snapshot')) settings['xmin'] = await this.#xmin();
    const set = Object.entries(settings).map(([key, value]) => `set_config('control.${key}', '${value}', false)`);
    // In a failed transaction this fails too, which is harmless: the statement itself will fail as well.
    const prepared = session.client.query(`SELECT ${set.join(', ')}`).catch(() => undefined);
    this.#pending.add(place);
    const query = params.length === 0 && isControl(text) ? { text } : { name: nameOf(name), text, values: [...params] };
    if (text === 'BEGIN') session.inTransaction = true;
    if (isEnd(text)) session.inTransaction = false;
    void this.#answer(place, query);
    await prepared;
    const waiting = await this.#settled();
    return { answers: this.#answers, waiting };
  }

  /** Whether this database has the statement's tables and columns. */
  async understands(text: string): Promise<boolean> {
    try {
      await this.control.query(`PREPARE understood AS ${text}`);
      await this.control.query('DEALLOCATE understood');
      return true;
    } catch {
      return false;
    }
  }

  async notified(): Promise<Record<string, number>> {
    await this.#mark();
    return Object.fromEntries(this.#heard);
  }

  async tables(): Promise<Record<string, ResultRow[]>> {
    const tables: Record<string, ResultRow[]> = {};
    for (const { name } of this.#tables) {
      const { rows, fields } = await this.control.query<ResultRow>(`SELECT * FROM public."${name}"`);
      this.#noteXids(fields);
      tables[name] = rows;
    }
    return tables;
  }

  async close(): Promise<void> {
    await Promise.all([this.control, ...this.#sessions.map(({ client }) => client)].map((client) => client.end()));
  }

  async #keepWhatMigrationsWrote(): Promise<void> {
    const { rows } = await this.control.query<{ name: string; columns: string }>(
      `SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname`,
    );
    this.#tables.push(...rows);
    for (const { name } of rows) await this.control.query(`CREATE TABLE initial."${name}" AS TABLE public."${name}"`);
  }

  async #answer(place: number, query: { text: string; name?: string; values?: unknown[] }): Promise<void> {
    const { client } = this.#sessions[place]!;
    let answer: StatementResult;
    try {
      const { rows, fields, command } = await client.query<ResultRow>(query);
      this.#noteXids(fields);
      answer = { rows, ...(isEnd(query.text) && { command }) };
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code === undefined) throw error;
      answer = { code: error.code, constraint: error.constraint };
      // Postgres reports an error before it has released the locks. The next answer arrives after that.
      await client.query('SELECT').catch(() => undefined);
    }
    this.#pending.delete(place);
    this.#answers.set(place, answer);
  }

  #noteXids(fields: readonly { name: string; dataTypeID: number }[]): void {
    for (const { name, dataTypeID } of fields) if (dataTypeID === XID8) this.xidColumns.add(name);
  }

  /** Waits until each session has answered or waits for a lock without being part of a deadlock. @returns the waiting ones */
  async #settled(): Promise<number[]> {
    const deadlineMs = Date.now() + SETTLED_WITHIN_MS;
    for (;;) {
      // Lets answers that have already arrived be read, which may save the query.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#pending.size === 0) return [];
      const pids = this.#sessions.map(({ pid }) => pid);
      // A session that is answered during this query may have released the others, so the result is checked again.
      const pending = [...this.#pending];
      const { rows } = await this.control.query<{ pid: number; by: number[] }>({
        name: 'waits',
        text: 'SELECT pid, pg_blocking_pids(pid) AS by FROM pg_locks WHERE NOT granted AND pid = ANY ($1)',
        values: [pids],
      });
      const waits = new Map(rows.map(({ pid, by }) => [pid, by]));
      const still = pending.every((place) => {
        const by = waits.get(pids[place]!);
        return by !== undefined && by.length > 0 && by.every((pid) => pids.includes(pid));
      });
      if (still && !isCircle(waits)) return pending.sort((a, b) => a - b);
      assert(
        Date.now() < deadlineMs,
        `the sessions did not settle within ${SETTLED_WITHIN_MS} ms; waiting: ${JSON.stringify(rows)}`,
      );
    }
  }

  /** The xmin of a snapshot taken now, counting only transactions of this database. */
  async #xmin(): Promise<string> {
    const { rows } = await this.control.query<{ xmin: string }>(
      `SELECT coalesce(min(backend_xid::text::xid8), pg_snapshot_xmax(pg_catalog.pg_current_snapshot()))::text AS xmin
       FROM pg_stat_activity WHERE pid = ANY ($1)`,
      [this.#sessions.map(({ pid }) => pid)],
    );
    return rows[0]!.xmin;
  }

  /** Notifies and waits for its own notification. They arrive in commit order, so all earlier ones have arrived too. */
  async #mark(): Promise<void> {
    const marked = new Promise<void>((resolve) => (this.#marked = resolve));
    await this.#sessions[0]!.client.query('NOTIFY control_mark');
    await this.control.query('SELECT');
    await marked;
  }
}

async function connected({ url, database }: PostgresSideOptions): Promise<Client> {
  const config = sessionConfig({ url, database });
  const client = new Client({ ...config, options: `${config.options} ${settings}`, query_timeout: 0 });
  // A server that shuts down first sends an error on every connection.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const isControl = (text: string): boolean => text === 'BEGIN' || isEnd(text);
const nameOf = (name: string): string => name.slice(0, 60);

function isCircle(waits: ReadonlyMap<number, readonly number[]>): boolean {
  const reaches = (from: number, to: number, seen: Set<number>): boolean =>
    (waits.get(from) ?? []).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  return [...waits.keys()].some((pid) => reaches(pid, pid, new Set()));
}
