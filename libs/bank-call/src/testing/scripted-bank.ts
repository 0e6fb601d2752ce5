import assert from 'node:assert';
import type { bankProtocol } from '#contracts';
import type { BankOrder } from '../bank-order.js';
import type { BankPort, SendOptions, WireResult } from '../bank-port.js';

type Script = WireResult | Promise<WireResult> | ((options: SendOptions) => Promise<WireResult>);

/** A bank port that answers its requests by a script, in order. */
export class ScriptedBank implements BankPort {
  readonly sent: { request: bankProtocol.BankRequest; options: SendOptions }[] = [];
  readonly #script: Script[] = [];

  will(...facts: Script[]): this {
    this.#script.push(...facts);
    return this;
  }

  async send(_bank: string, request: bankProtocol.BankRequest, options: SendOptions): Promise<WireResult> {
    this.sent.push({ request, options });
    const next = this.#script.shift();
    assert(next, 'the bank was asked more often than its script says');
    return typeof next === 'function' ? next(options) : next;
  }
}

const time = { asOf: 1_000, now: 1_000 };

export const approved: WireResult = response(200, { state: 'approved', bankId: 'au_1', ...time });
export const declined: WireResult = response(200, {
  state: 'declined',
  bankId: 'au_1',
  code: 'insufficient_funds',
  ...time,
});
export const notFound: WireResult = response(200, { state: 'not_found', ...time });
export const unknownTarget: WireResult = response(200, { state: 'unknown', ...time });
export const overloaded: WireResult = response(503, errorBody('not_processed'));
export const rateLimited: WireResult = response(429, errorBody('not_processed'));
export const validityExpired: WireResult = response(409, errorBody('validity_expired'));
export const unreadable: WireResult = response(400, errorBody('invalid_request'));
export const brokenInside: WireResult = response(500, errorBody('internal_error'));
export const refusedConnection: WireResult = { kind: 'not_written', cause: 'connection_refused' };
export const reset: WireResult = { kind: 'no_response', cause: 'reset' };

export function response(status: number, body: unknown): WireResult {
  return { kind: 'response', status, body };
}

export function errorBody(code: bankProtocol.BankErrorCode): unknown {
  return { error: { code, message: 'as the test wants it' }, ...time };
}

/** Resolves at the time-out, as the HTTP client does for a bank that hangs. */
export function hang({ signal }: SendOptions): Promise<WireResult> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'no_response', cause: 'timeout' }), { once: true });
  });
}

export const authorize: BankOrder & { kind: 'authorize' } = {
  kind: 'authorize',
  reference: 'op_1',
  account: 'acct_1',
  chargeId: 'ch_1',
  amountMinor: 1_000,
  currency: 'usd',
  instrument: { brand: 'visa', last4: '4242', fingerprint: 'fp_1', behavior: 'approve' },
};
export const capture: BankOrder & { kind: 'capture' } = {
  kind: 'capture',
  reference: 'op_2',
  authorizationId: 'au_1',
  account: 'acct_1',
  chargeId: 'ch_1',
  amountMinor: 1_000,
  currency: 'usd',
};
export const reverse: BankOrder & { kind: 'reverse' } = {
  kind: 'reverse',
  reference: 'op_3',
  account: 'acct_1',
  chargeId: 'ch_1',
  target: { reference: 'op_1' },
};
export const inquire: BankOrder & { kind: 'inquire' } = {
  kind: 'inquire',
  reference: 'op_1',
  account: 'acct_1',
  chargeId: 'ch_1',
};
