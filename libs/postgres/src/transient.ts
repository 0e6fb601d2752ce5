import { isNativeError } from 'node:util/types';
import { DatabaseError } from 'pg';

/**
 * The connection was lost between COMMIT and its answer, so the transaction may be committed. A retry must be idempotent
 * (an inbox, a natural key).
 */
export class CommitUnknownError extends Error {
  readonly code = 'commit_unknown';
  override readonly name = 'CommitUnknownError';
  constructor(cause: unknown) {
    super('The outcome of COMMIT is unknown', { cause });
  }
}

/** SQLSTATEs after which a retry may succeed, by prefix. Source: PostgreSQL manual, appendix A. */
const transientStates = [
  '08', // connection exceptions
  '25P02', // in_failed_sql_transaction: an earlier statement failed, and its SQLSTATE decides
  '25P03', // idle in transaction for too long: this process was frozen
  '25P04', // the whole transaction took too long
  '40001', // serialization failure
  '40P01', // deadlock, with this transaction as the victim
  '53', // out of disk, memory, connections
  '55P03', // lock not available in time
  '57014', // statement timeout, or cancelled by an operator
  '57P01', // administrator's shutdown
  '57P02', // another backend crashed
  '57P03', // starting up, shutting down, recovering
  '57P05', // idle session timeout
  '58', // I/O error beneath the server
];

const transientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the server's socket file, missing during a restart
  // Transient errors of other libraries inside a transaction, with which no event is at fault.
  'no_worker_id',
  'ids_exhausted',
  'stale_lease',
]);

/** pg and pg-pool throw errors without a code for these. */
const transientMessages = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /^Query read timeout$/,
  /not queryable$/,
  // Work that comes during a shutdown does not make an event poisonous.
  /^Cannot use a pool after calling end on the pool$/,
];

/** Whether a retry may succeed. Every other error counts as deterministic. */
export function isTransientError(error: unknown): boolean {
  if (error instanceof CommitUnknownError) return true;
  // No `instanceof`: under jest Node's own errors come from another realm.
  if (!isNativeError(error)) return false;
  const code = codeOf(error);
  if (error instanceof DatabaseError) return transientStates.some((state) => code.startsWith(state));
  return transientCodes.has(code) || transientMessages.some((message) => message.test(error.message));
}

/**
 * True if the server reported an error and the session goes on: the transaction is rolled back. A session that ends
 * (57P.., 25P03, 08..) may have ended after its commit record.
 */
export function isDefiniteRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(08|57P|25P03|25P04|58|XX)/.test(codeOf(error));
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
