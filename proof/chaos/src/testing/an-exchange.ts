import type { RecordedExchange } from '../workload/exchange.js';

/** Start of a test's run, in Unix ms. */
export const BEGAN_AT = 1_000_000;

export interface ExchangeOverrides extends Partial<RecordedExchange> {
  readonly status?: number;
  readonly body?: string;
  readonly replayed?: boolean;
  /** Milliseconds since the start of the run. Default: sent after 1,000, ended after 1,100. */
  readonly sentAfterMs?: number;
  readonly endedAfterMs?: number;
}

/** A charge that succeeded at once, with overrides. */
export function anExchange(different: ExchangeOverrides = {}): RecordedExchange {
  const {
    status = 200,
    body = '{"id": "ch_1", "object": "charge", "status": "succeeded"}',
    replayed = false,
  } = different;
  return { ...unanswered(different), answer: { status, body, replayed } };
}

/** The same request without an answer. */
export function unanswered(different: ExchangeOverrides = {}): RecordedExchange {
  const { status: _s, body: _b, replayed: _r, sentAfterMs = 1_000, endedAfterMs = 1_100, ...rest } = different;
  return {
    number: 1,
    story: 'charge',
    at: 'payments-api',
    account: 'acct_1',
    key: 'key',
    method: 'POST',
    path: '/v1/charges',
    parameters: {},
    sentMs: BEGAN_AT + sentAfterMs,
    endedMs: BEGAN_AT + endedAfterMs,
    ...rest,
  };
}

export const captureOf = (chargeId: string) => ({ path: `/v1/charges/${chargeId}/capture` });
export const refundOf = (chargeId: string) => ({ path: '/v1/refunds', parameters: { charge: chargeId } });
