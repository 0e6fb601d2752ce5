import assert from 'node:assert/strict';
import { types, type ClientConfig } from 'pg';

export interface SessionOptions {
  /** A server's URL. `database` replaces its path. */
  url: string;
  database: string;
  applicationName?: string;
  /** false: COMMIT returns before its WAL is on disk. Only for writes whose loss is harmless. Default true. */
  synchronousCommit?: boolean;
  /** Default 10 s. The server cancels a statement after this; the client gives up after 1.5 times as much. */
  statementTimeoutMs?: number;
  /** Default 5 s. */
  lockTimeoutMs?: number;
}

/** The settings of all our connections. The README explains the planner's. */
export function sessionConfig(options: SessionOptions): ClientConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const settings = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    // A frozen process must not keep its row locks longer than a lease.
    idle_in_transaction_session_timeout: 10_000,
    // One that is frozen while it writes is not idle to the server, which waits for the rest of the statements.
    transaction_timeout: statementTimeoutMs * 6,
    synchronous_commit: options.synchronousCommit === false ? 'off' : 'on',
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    jit: 'off',
    timezone: 'UTC',
    datestyle: 'ISO',
  };
  return {
    connectionString: databaseUrl(options.url, options.database),
    application_name: options.applicationName ?? 'holdfast',
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    // A cut network never answers, so the client has a time-out too, after the server's.
    query_timeout: statementTimeoutMs * 1.5,
    types: { getTypeParser },
  };
}

export function databaseUrl(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.toString();
}

const { builtins } = types;
const int8Array = 1016;
const textArray = 1009;
const standardParser = types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown;
const parseTextArray = standardParser(textArray) as (text: string) => (string | null)[];

/** Parsers per connection: TypeORM uses pg's global ones. */
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, safeInteger],
  [int8Array, (text) => parseTextArray(text).map((item) => (item === null ? null : safeInteger(item)))],
  [builtins.TIMESTAMPTZ, instantOf],
  [builtins.DATE, (text) => text],
]);

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return parsers.get(oid) ?? standardParser(oid, format);
}

function safeInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `int8 beyond a safe integer: ${text}`);
  return value;
}

/** Parses `2026-01-02 03:04:05.678+00` (timezone UTC, datestyle ISO), `infinity` and `-infinity`. */
function instantOf(text: string): number {
  if (text.endsWith('infinity')) return text.startsWith('-') ? -Infinity : Infinity;
  return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')).getTime();
}
