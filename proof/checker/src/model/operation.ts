import type { ApiAnswer, ApiExchange } from '../history.js';
import { bodyOf, type ApiError } from './api-objects.js';

export type KeyedOperationKind =
  'create' | 'capture' | 'refund' | 'update_charge' | 'update_refund' | 'cancel_refund' | 'clock' | 'none';

/** What a client wants done once, however often it asks: all requests of one account under one key that are the same. */
export interface KeyedOperation {
  readonly account: string;
  /** Undefined when its one request had none. */
  readonly key: string | undefined;
  /** For people: account and key. */
  readonly name: string;
  readonly kind: KeyedOperationKind;
  /** The charge, refund or clock that it is about. */
  readonly about: string | undefined;
  readonly parameters: ApiExchange['parameters'];
  readonly exchanges: readonly ApiExchange[];
  readonly sentMs: number;
  /** The one answer that is kept under the key, if anybody heard it. */
  readonly answer: ApiAnswer | undefined;
  /** When that was first heard; Infinity when it never was. */
  readonly answeredMs: number;
  /** It was not refused for certain. */
  readonly mayTakeEffect: boolean;
}

const routes: readonly (readonly [RegExp, KeyedOperationKind])[] = [
  [/^\/v1\/charges$/, 'create'],
  [/^\/v1\/charges\/([^/]+)\/capture$/, 'capture'],
  [/^\/v1\/charges\/([^/]+)$/, 'update_charge'],
  [/^\/v1\/refunds$/, 'refund'],
  [/^\/v1\/refunds\/([^/]+)\/cancel$/, 'cancel_refund'],
  [/^\/v1\/refunds\/([^/]+)$/, 'update_refund'],
  [/^\/v1\/test_helpers\/test_clocks$/, 'clock'],
  [/^\/v1\/test_helpers\/test_clocks\/([^/]+)\/advance$/, 'clock'],
];

export function routeOf({ path, parameters }: ApiExchange): { kind: KeyedOperationKind; about: string | undefined } {
  for (const [shape, kind] of routes) {
    const found = shape.exec(path);
    if (found) return { kind, about: kind === 'refund' ? parameters['charge'] : found[1] };
  }
  return { kind: 'none', about: undefined };
}

const fingerprints = new WeakMap<ApiExchange, string>();

/** What two requests under one key must have in common. A security code is compared by nobody. */
export function fingerprintOf(exchange: ApiExchange): string {
  const known = fingerprints.get(exchange);
  if (known !== undefined) return known;
  const { path, parameters } = exchange;
  const names = Object.keys(parameters).filter((name) => name !== 'source[cvc]' && name !== 'card[cvc]');
  const fingerprint = JSON.stringify([path, names.sort().map((name) => [name, parameters[name]])]);
  fingerprints.set(exchange, fingerprint);
  return fingerprint;
}

/**
 * `kept`: it is given again under its key. `refused`: nothing was begun, and the key is free. `unknown`: the request
 * may have been executed.
 */
export type AnswerKind = 'kept' | 'refused' | 'unknown';

export function kindOfAnswer(exchange: ApiExchange): AnswerKind {
  const { answer } = exchange;
  if (!answer || answer.status >= 500) return 'unknown';
  if (answer.status < 300 || answer.status === 402) return 'kept';
  const { error } = bodyOf(answer);
  return answer.status === 400 && error && isAboutState(error, routeOf(exchange).kind) ? 'kept' : 'refused';
}

export const isAskedAgain = ({ message }: ApiError): boolean => message.includes('Try again in a moment');

const aboutState = new Set([
  'balance_insufficient',
  'charge_already_captured',
  'charge_already_refunded',
  'charge_expired_for_capture',
  'charge_not_refundable',
]);

/** A 400 that says in which state the object is; all others say what is wrong with the request, and are not kept. */
export function isAboutState(error: ApiError, kind: KeyedOperationKind): boolean {
  const { type, code, param } = error;
  if (type !== 'invalid_request_error' || isAskedAgain(error)) return false;
  if (code !== undefined) return aboutState.has(code) || (code === 'amount_too_large' && kind === 'capture');
  if (kind === 'refund') return param === 'amount' || param === 'charge';
  return (kind === 'capture' || kind === 'cancel_refund') && param === undefined;
}
