import { hasCardNumber } from '#card-numbers';
import { characters } from '../protocol/characters.js';
import { utf8OfLatin1 } from '../protocol/parameters.js';
import {
  cardNumberIn,
  idempotencyError,
  invalidRequest,
  shown,
  StripeError,
  type ApiResponse,
} from '../protocol/stripe-error.js';

/** Unique per account, over all endpoints. */
export interface KeyName {
  readonly account: string;
  readonly key: string;
}

/** One string for account and key. Account ids contain no space. */
export const nameOf = ({ account, key }: KeyName): string => `${account} ${key}`;

export interface GivenAnswer extends KeyName {
  readonly answer: ApiResponse;
  /** The instance whose request waits, if known. */
  readonly holder?: string;
}

/** The parts of a claim that all requests have. */
export interface RequestClaim extends KeyName {
  /** Method and path: `POST /v1/charges`. */
  readonly endpoint: string;
  /** Keyed hash of the parameters; see fingerprint.ts. */
  readonly fingerprint: string;
  /** Id of this request: the `Original-Request` of every replay. */
  readonly requestId: string;
  /** The version of the API that the request is served. */
  readonly apiVersion: string;
  /** Lease holder id of the instance that processes the request. */
  readonly holder: string;
  /** Added to the database's clock as `answer_by`; after it the answer is the charge in its current state. */
  readonly answerWithinMs: number;
}

/** A claim with what the request names, stored with the key. */
export interface Claim extends RequestClaim {
  /** The charge that the request opens or names. */
  readonly chargeId: string | null;
  readonly subject: Subject;
  readonly expand: readonly string[];
}

/**
 * What the answer shows: null the new charge, `capture` the capture, an id that refund, and otherwise an intent after
 * what was asked of it: `confirm pi_…`.
 */
export type Subject = null | 'capture' | `re_${string}` | IntentSubject;
/** What a request asks of an intent, and waits for. */
export type IntentRequest = 'confirm' | 'capture' | 'cancel';
type IntentSubject = `${IntentRequest} pi_${string}`;

export const intentSubject = (asked: IntentRequest, intentId: string): Subject =>
  `${asked} ${intentId}` as IntentSubject;

/** @returns null when the answer shows no intent */
export function intentOfSubject(subject: Subject): { readonly asked: IntentRequest; readonly id: string } | null {
  const [asked, id] = subject?.split(' ') ?? [];
  return id === undefined ? null : { asked: asked as IntentRequest, id };
}

/** What a key was used for. A pruned key may be reused for another request. */
export interface KeyUse extends KeyName {
  readonly chargeId: string;
  readonly subject: Subject;
}

/** The stored row of a key. */
export interface KeyRow extends KeyName {
  readonly endpoint: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly chargeId: string | null;
  readonly answer: ApiResponse | null;
  /** Milliseconds until `answer_by` on the database's clock; negative after it. */
  readonly remainingMs: number;
  /** True while the holder's lease is valid. */
  readonly holderAlive: boolean;
}

/** How to render the answer of a key when its charge settles, and for which instance. */
export interface Rendering {
  readonly expand: readonly string[];
  readonly apiVersion: string;
  readonly holder: string;
  readonly requestId: string;
}

/** What to do with a request whose key exists. */
export type ExistingKeyDecision =
  | { readonly kind: 'answered'; readonly answer: ApiResponse }
  /** Wait for the answer: the claim is our own, or the first request's instance is gone. */
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
  // The commit of our own claim had an unknown outcome: the row names our request.
  const ours = row.requestId === attempt.requestId;
  if (!ours && row.holderAlive && row.remainingMs > 0) throw keyInUse(row.key);
  return { kind: 'wait', waitMs: Math.max(0, row.remainingMs) };
}

/** 409, never stored: the SDK retries. */
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
 * The key of a request, without the quotes of a structured field.
 *
 * @param header as Node decodes it, one latin1 character for each byte
 * @throws StripeError 400 unless it has 1 to 255 characters, in UTF-8
 */
export function readKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = utf8OfLatin1(header).trim();
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

/** A key for a request without one, so that it takes the same path. It begins with a space, which no header value can. */
export function internalKey(requestId: string): string {
  return ` ${requestId}`;
}

/** @returns the id of the request for which this key was made; undefined for a key that a merchant gave */
export const requestIdOfInternalKey = (key: string): string | undefined =>
  key.startsWith(' ') ? key.slice(1) : undefined;
