import { hasCardNumber } from '#card-numbers';
import { characters } from '../protocol/characters.js';
import { utf8 } from '../protocol/parameters.js';
import {
  cardNumberIn,
  idempotencyError,
  invalidRequest,
  shown,
  StripeError,
  type ApiResponse,
} from '../protocol/stripe-error.js';

/** Unique per account, whatever the endpoint. */
export interface KeyName {
  readonly account: string;
  readonly key: string;
}

/** One text for a key of an account. Account ids have no space in them. */
export const nameOf = ({ account, key }: KeyName): string => `${account} ${key}`;

export interface GivenAnswer extends KeyName {
  readonly answer: ApiResponse;
  /** The instance whose request waits for it, where that is known. */
  readonly holder?: string;
}

/** An answer, and the request that it was first made for. */
export interface KeyedAnswer {
  readonly answer: ApiResponse;
  readonly originalRequestId: string;
}

/** What every request says when it claims its key, whatever it asks for. */
export interface RequestClaim extends KeyName {
  /** Method and path: `POST /v1/charges`. */
  readonly endpoint: string;
  /** Keyed hash of the parameters; see fingerprint.ts. */
  readonly fingerprint: string;
  /** The id of this request: `Original-Request` of every answer under the key. */
  readonly requestId: string;
  readonly apiVersion: string;
  /** The instance that works on it, as it holds its leases. */
  readonly holder: string;
  /** Database time is added up to `answer_by`: from then on the answer is the charge as it stands. */
  readonly answerWithinMs: number;
}

/** A claim with what is asked for; it stands in the row as long as the key is kept. */
export interface Claim extends RequestClaim {
  /** The charge that is opened under the key, or that the request names. */
  readonly chargeId: string | null;
  readonly subject: Subject;
  readonly expand: readonly string[];
}

/** What of its charge an answer shows: null the charge that was opened, a capture of it, or a refund by its id. */
export type Subject = null | 'capture' | `re_${string}`;

/** What a key was used for. A key that was pruned may be used anew, for something else. */
export interface KeyUse extends KeyName {
  readonly chargeId: string;
  readonly subject: Subject;
}

/** A key as it stands, whoever claimed it. */
export interface KeyRow extends KeyName {
  readonly endpoint: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly chargeId: string | null;
  readonly answer: ApiResponse | null;
  /** Until `answer_by`, by the database's clock; negative once it has passed. */
  readonly remainingMs: number;
  /** The holder's lease has not lapsed. */
  readonly holderAlive: boolean;
}

/** Of a key, what it takes to answer under it when its charge settles. */
export interface Rendering {
  readonly expand: readonly string[];
  readonly holder: string;
}

/** What is to be done about a key that was there before. */
export type ExistingKeyDecision =
  | { readonly kind: 'answered'; readonly answer: ApiResponse }
  /** For the answer that is still to come: it is our own claim, or the first request cannot wait for it any more. */
  | { readonly kind: 'wait'; readonly waitMs: number };

export interface RequestIdentity {
  readonly endpoint: string;
  readonly fingerprint: string;
  readonly requestId: string;
}

/**
 * Stripe's rules for a request whose key exists.
 *
 * @throws StripeError 400 for another endpoint or other parameters, 409 while the first request runs
 */
export function decideExistingKey(row: KeyRow, attempt: RequestIdentity): ExistingKeyDecision {
  if (row.endpoint !== attempt.endpoint) {
    throw idempotencyError(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ` +
        `('${shown(attempt.endpoint)}' vs '${shown(row.endpoint)}'). Try using a key other than '${shown(row.key)}' ` +
        `if you meant to execute a different request.`,
    );
  }
  if (row.fingerprint !== attempt.fingerprint) {
    throw idempotencyError(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
        `Try using a key other than '${shown(row.key)}' if you meant to execute a different request.`,
    );
  }
  if (row.answer) return { kind: 'answered', answer: row.answer };
  // A commit whose outcome we were not told: the row names our own request.
  const ours = row.requestId === attempt.requestId;
  if (!ours && row.holderAlive && row.remainingMs > 0) throw keyInUse(row.key);
  return { kind: 'wait', waitMs: Math.max(0, row.remainingMs) };
}

/** 409, never stored: the SDK comes back a little later by itself. */
export function keyInUse(key: string): StripeError {
  return new StripeError(
    409,
    {
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message: `Another request is in progress under this idempotency key ('${shown(key)}'). Try again in a moment.`,
    },
    { 'stripe-should-retry': 'true' },
  );
}

const MAX_LENGTH = 255;
/** RFC 8941 §3.3.3: a string in double quotes, `\"` and `\\` escaped. The IETF draft wants keys written so. */
const STRUCTURED = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * The key of a request, without the quotes of its structured-field form.
 *
 * @param header as Node reads it, a character for each byte
 * @throws StripeError 400 unless it has 1 to 255 characters, in UTF-8
 */
export function readKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = utf8(Buffer.from(header, 'latin1')).trim();
  const quoted = STRUCTURED.exec(text);
  const key = quoted ? quoted[1]!.replaceAll(/\\(["\\])/g, '$1').trim() : text;
  const length = characters(key);
  if (hasCardNumber(key)) throw cardNumberIn('Idempotency-Key');
  if (length >= 1 && length <= MAX_LENGTH) return key;
  throw invalidRequest(
    length === 0
      ? 'The Idempotency-Key header is empty: give it 1 to 255 characters, or leave it out.'
      : `The Idempotency-Key header is ${length} characters long; it can have ${MAX_LENGTH} at most.`,
  );
}

/**
 * A request without a key takes the same path under a key of its own. No header can say it: a header's
 * value never begins with a space.
 */
export function internalKey(requestId: string): string {
  return ` ${requestId}`;
}
