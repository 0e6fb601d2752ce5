import { describe, expect, it } from '@jest/globals';
import type { RefundEvidence } from '../evidence.js';
import { aRefund } from '../testing/rows.js';
import { judgeByModel } from './index.js';
import { authorized, chargeObject, chargeRow, evidenceOf, ms, sent } from './testing/a-history.js';

const DAY_S = 24 * 60 * 60;
const wanted = { amount: '1000', currency: 'usd', source: 'tok_visa', capture: 'false' };
const held = chargeObject('ch_d', 0, authorized);
const lapsed = chargeObject('ch_d', 0, { ...authorized, amount_refunded: 1_000, refunded: true });
/** The refund that it leaves, by time and not by a request. */
const given = (chargeId: string): RefundEvidence =>
  aRefund(`re_${chargeId.slice(3)}`, {
    chargeId,
    createdMs: ms(7 * DAY_S),
    key: null,
    reason: 'expired_uncaptured_charge',
    cancels: true,
  });
const refunded = (at: number) =>
  sent(
    at,
    'POST /v1/refunds',
    { key: 'late', parameters: { charge: 'ch_d' } },
    {
      status: 400,
      body: { error: { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'It lapsed.' } },
    },
  );

/** Violations in the history of one uncaptured charge that expired. */
function wrong(lateAt: number, shownAfter: object, refunds: readonly RefundEvidence[] = [given('ch_d')]): string[] {
  const row = chargeRow('ch_d', 0, { state: 'canceled', capturedMinor: null, capture: 'manual', cause: 'expired' });
  const exchanges = [
    sent(0, 'POST /v1/charges', { key: 'd', parameters: wanted }, { body: held }),
    refunded(lateAt),
    sent(lateAt + 1, 'GET /v1/charges/ch_d', {}, { body: shownAfter }),
  ];
  const end = { kind: 'request', at: ms(8 * DAY_S) } as never;
  return judgeByModel(evidenceOf([], { charges: [row], refunds, balanceTransactions: [], exchanges, requests: [end] }));
}

describe('an authorization that expires', () => {
  it('counts as refunded for requests while its bank voids it, and may be shown as held until then', () => {
    expect(wrong(7 * DAY_S, held)).toEqual([]);
    expect(wrong(7 * DAY_S, lapsed)).toEqual([]);
  });

  it('leaves a refund of all of it, with its reason', () => {
    expect(wrong(7 * DAY_S, lapsed, [])).toEqual(['ch_d: 0 refunds of the 1000 that were not captured']);
    expect(wrong(7 * DAY_S, lapsed, [{ ...given('ch_d'), reason: null }])).toContainEqual(
      expect.stringMatching(/its reason is null, not expired_uncaptured_charge/),
    );
  });

  it('does not count as refunded before its expiry', () => {
    expect(wrong(10, held)).toContainEqual(expect.stringMatching(/charge_already_refunded|shown as succeeded/));
  });
});
