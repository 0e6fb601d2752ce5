import { maskCardNumbers } from '#card-numbers';
import { firstCharacters } from './characters.js';
import { jsonText } from './json-text.js';

export type ErrorType = 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';

/** The `error` object of Stripe's envelope, without empty fields. */
export interface ErrorBody {
  readonly type: ErrorType;
  readonly code?: string | undefined;
  readonly message: string;
  readonly param?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly charge?: string | undefined;
  /** The object, as it stands after the request. */
  readonly payment_intent?: object | undefined;
  readonly payment_method?: object | undefined;
  readonly doc_url?: string | undefined;
}

/** Status and body as sent, stored under a key and replayed to the byte. */
export interface ApiResponse {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/** An error with the complete answer, thrown to refuse a request. */
export class StripeError extends Error {
  override readonly name = 'StripeError';

  /** @param httpStatus not `status`, which frameworks interpret */
  constructor(
    readonly httpStatus: number,
    readonly body: ErrorBody,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message);
  }

  get answer(): ApiResponse {
    return { status: this.httpStatus, body: errorEnvelope(this.body) };
  }
}

export function errorEnvelope(body: ErrorBody): string {
  return jsonText({ error: { ...body, ...(body.code && { doc_url: docUrlOf(body.code) }) } });
}

export const docUrlOf = (code: string): string => `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;

/** 400: the caller's mistake, found before anything began; never stored under a key. */
export function invalidRequest(
  message: string,
  details: {
    code?: string;
    param?: string;
    status?: 400 | 401 | 403 | 404 | 408 | 413 | 417 | 431;
    headers?: Readonly<Record<string, string>>;
  } = {},
): StripeError {
  const { code, param, status = 400, headers = {} } = details;
  const body: ErrorBody = {
    type: 'invalid_request_error',
    ...(code !== undefined && { code }),
    message,
    ...(param !== undefined && { param }),
  };
  return new StripeError(status, body, headers);
}

/** 404 for the object that a request is about, 400 for another that a parameter names: Stripe tells them apart. */
export function resourceMissing(what: string, id: string, param: string, status: 400 | 404 = 404): StripeError {
  return invalidRequest(`No such ${what}: '${shown(id)}'`, { code: 'resource_missing', param, status });
}

export function cardError(body: Omit<ErrorBody, 'type'>): StripeError {
  return new StripeError(402, { type: 'card_error', ...body });
}

export function idempotencyError(message: string): StripeError {
  return new StripeError(400, { type: 'idempotency_error', message });
}

/** 500 or 503. The SDK retries under the same key, which is always safe. */
export function apiError(message: string, { status = 500 }: { status?: 500 | 503 } = {}): StripeError {
  return new StripeError(status, { type: 'api_error', message }, { 'stripe-should-retry': 'true' });
}

/**
 * 400 for a card number outside of the card fields. Masking instead would silently change numbers that only look like
 * one.
 *
 * @param where the parameter's name, already redacted
 */
export function cardNumberIn(where: string): StripeError {
  return invalidRequest(
    `'${where}' holds what looks like a card number, which is taken as source[number] alone and stored nowhere. ` +
      `If it is none, put a letter directly before it.`,
    { param: where },
  );
}

/** Mistyped card numbers included, which fail the Luhn check. */
const longNumbers = /\d(?:[ -]?\d){11,}/g;

/** A caller's text for an error message: bounded, long numbers masked. */
export function shown(text: string): string {
  const lastFour = (number: string): string => `…${number.slice(-4)}`;
  const safe = maskCardNumbers(text, lastFour).replaceAll(longNumbers, lastFour);
  const short = firstCharacters(safe, 100);
  return short === safe ? safe : `${short}…`;
}
