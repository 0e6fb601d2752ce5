import { isNativeError } from 'node:util/types';
import { DatabaseError } from 'pg';

/**
 * The connection was lost between COMMIT and its answer. The transaction may have happened: whoever
 * retries must be safe to repeat (an inbox, a natural key), whoever answers must read first.
 */
export class CommitUnknownError extends Error {
  readonly code = 'commit_unknown';
  override readonly name = 'CommitUnknownError';
  constructor(cause: unknown) {
    super('The outcome of COMMIT is unknown', { cause });
  }
}

/**
 * SQLSTATEs after which the same work may succeed. A prefix stands for its class.
 * Source: PostgreSQL manual, appendix A.
 */
const transientStates = [
  '08', // connection exceptions
  '25P02', // statement behind one that failed: that one's own class decides, this is only its echo
  '25P03', // idle in transaction for too long: we were frozen
  '25P04', // the whole transaction took too long
  '40001', // serialization failure
  '40P01', // deadlock, and we are the victim
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
  'ENOENT', // the server's socket file, gone while it restarts
  // Faults of libraries that work runs into inside its transaction: a moment later there are ids again, and a
  // leader that was replaced stops by itself. Nothing is wrong with the event at hand.
  'no_worker_id',
  'ids_exhausted',
  'stale_lease',
]);

/** pg and pg-pool throw plain errors for these; their wording is all there is. */
const transientMessages = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /^Query read timeout$/,
  /not queryable$/,
  // While a process shuts down, work that comes too late is no reason to call an event poisonous.
  /^Cannot use a pool after calling end on the pool$/,
];

/** Every error of the store is either transient, by this list, or deterministic. */
export function isTransientError(error: unknown): boolean {
  if (error instanceof CommitUnknownError) return true;
  // Not by its class: Node's own errors are of another realm where code runs in a context of its own.
  if (!isNativeError(error)) return false;
  const code = codeOf(error);
  if (error instanceof DatabaseError) return transientStates.some((state) => code.startsWith(state));
  return transientCodes.has(code) || transientMessages.some((message) => message.test(error.message));
}

/**
 * True when the server itself refused and lives on: its transaction is rolled back for certain. A session
 * that ends (57P.., 25P03, 08..) may have ended behind the commit record.
 */
export function isDefiniteRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(08|57P|25P03|25P04|58|XX)/.test(codeOf(error));
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
