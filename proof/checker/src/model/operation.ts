import type { ApiAnswer, ApiExchange } from '../history.js';
import { bodyOf, type ApiError } from './api-objects.js';

export type KeyedOperationKind =
  'create' | 'capture' | 'refund' | 'update_charge' | 'update_refund' | 'cancel_refund' | 'clock' | 'none';

/** One operation of a client: all equal requests of one account under one idempotency key. */
export interface KeyedOperation {
  readonly account: string;
  /** Undefined for a request without a key. */
  readonly key: string | undefined;
  /** Account and key, for violations. */
  readonly name: string;
  readonly kind: KeyedOperationKind;
  /** Id of the charge, refund or test clock in its path or parameters. */
  readonly about: string | undefined;
  readonly parameters: ApiExchange['parameters'];
  readonly exchanges: readonly ApiExchange[];
  readonly sentMs: number;
  /** The answer that is stored under the key, if it arrived. */
  readonly answer: ApiAnswer | undefined;
  /** When that answer first arrived; Infinity if it never did. */
  readonly answeredMs: number;
  /** False only if it was certainly refused. */
  readonly mayTakeEffect: boolean;
}

const routes: readonly (readonly [RegExp, KeyedOperationKind])[] = [
  [/^\/v1\/charges$/, 'create'],
  [/^\/v1\/charges\/([^/]+)\/capture$/, 'capture'],
  [/^\/v1\/charges\/([^/]+)$/, 'update_charge'],
  [/^\/v1\/charges\/([^/]+)\/refunds$/, 'refund'],
  [/^\/v1\/charges\/[^/]+\/refunds\/([^/]+)$/, 'update_refund'],
  [/^\/v1\/refunds$/, 'refund'],
  [/^\/v1\/refunds\/([^/]+)\/cancel$/, 'cancel_refund'],
  [/^\/v1\/test_helpers\/refunds\/([^/]+)\/expire$/, 'cancel_refund'],
  [/^\/v1\/refunds\/([^/]+)$/, 'update_refund'],
  [/^\/v1\/test_helpers\/test_clocks$/, 'clock'],
  [/^\/v1\/test_helpers\/test_clocks\/([^/]+)\/advance$/, 'clock'],
];

export function routeOf({ path, parameters }: ApiExchange): { kind: KeyedOperationKind; about: string | undefined } {
  for (const [shape, kind] of routes) {
    const found = shape.exec(path);
    if (found) return { kind, about: found[1] ?? (kind === 'refund' ? parameters['charge'] : undefined) };
  }
  return { kind: 'none', about: undefined };
}

const fingerprints = new WeakMap<ApiExchange, string>();

/** Fingerprint of a request, which is equal for all requests of an operation. The security code is not part of it. */
export function fingerprintOf(exchange: ApiExchange): string {
  const known = fingerprints.get(exchange);
  if (known !== undefined) return known;
  const { path, parameters } = exchange;
  const names = Object.keys(parameters).filter((name) => name !== 'source[cvc]' && name !== 'card[cvc]');
  const fingerprint = JSON.stringify([path, names.sort().map((name) => [name, parameters[name]])]);
  fingerprints.set(exchange, fingerprint);
  return fingerprint;
}

/** `kept`: stored and replayed. `refused`: nothing was stored, the key is free. `unknown`: it may have been executed. */
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

/** Whether a 400 is about the object's state, so that it is stored. All others are about the request and are not. */
export function isAboutState(error: ApiError, kind: KeyedOperationKind): boolean {
  const { type, code, param } = error;
  if (type !== 'invalid_request_error' || isAskedAgain(error)) return false;
  if (code !== undefined)
    return aboutState.has(code) || (kind === 'capture' && /^amount_too_(large|small)$/.test(code));
  if (kind === 'refund') return param === 'amount' || param === 'charge';
  return (kind === 'capture' || kind === 'cancel_refund') && param === undefined;
}
