import assert from 'node:assert/strict';
import { types, type ClientConfig } from 'pg';

export interface SessionOptions {
  /** A server's URL; its path is replaced by `database`. */
  url: string;
  database: string;
  applicationName?: string;
  /** false: COMMIT returns before its WAL is on disk. Only for writes whose loss is harmless. Default true. */
  synchronousCommit?: boolean;
  /** Default 10 s. The server gives up a statement after this, the client after half as much again. */
  statementTimeoutMs?: number;
  /** Default 5 s. */
  lockTimeoutMs?: number;
}

/** How every connection of ours is set up. The README tells why the planner is held to index probes. */
export function sessionConfig(options: SessionOptions): ClientConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const settings = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    // A frozen process must not hold its row locks for longer than a lease.
    idle_in_transaction_session_timeout: 10_000,
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
    // A cut network never answers: the client's own patience ends a little after the server's.
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

/** Parsers of our own, per connection: pg's global ones stay as they are for TypeORM. */
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

/** `2026-01-02 03:04:05.678+00`, as a session in UTC with ISO dates prints it; or one of the two ends of time. */
function instantOf(text: string): number {
  if (text.endsWith('infinity')) return text.startsWith('-') ? -Infinity : Infinity;
  return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')).getTime();
}
