import type { Exchange } from '../workload/history.js';

/** A charge that succeeded at once, but for what is said otherwise. */
export function anExchange(different: Partial<Exchange> = {}): Exchange {
  return {
    number: 1,
    story: 'charge',
    asked: 'charge',
    account: 'sk_test_1',
    key: 'key',
    at: 'payments-api',
    sentMs: 1_000,
    endedMs: 1_100,
    kind: 'ok',
    status: 200,
    body: '{"id": "ch_1", "status": "succeeded"}',
    chargeId: 'ch_1',
    ...different,
  };
}

/** The same, and no answer ever came. */
export function unanswered(different: Partial<Exchange> = {}): Exchange {
  const { status: _status, body: _body, ...rest } = anExchange({ kind: 'info', ...different });
  return rest;
}
