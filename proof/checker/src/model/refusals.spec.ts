import { describe, expect, it } from '@jest/globals';
import { judgeByModel } from './index.js';
import { chargeObject, chargeRow, evidenceOf, missing, refundRow, rows, sent } from './testing/a-history.js';

const AMOUNT_MINOR = 90_000_000;
const NET_MINOR = AMOUNT_MINOR - Math.round(AMOUNT_MINOR * 0.029) - 30;
const ids = ['ch_a', 'ch_b'];

/** The fee of the first charge makes its balance too low for a full refund; the second charge covers it. */
function wrong(refundedAt: readonly number[], secondAt: number): string[] {
  const wanted = { amount: String(AMOUNT_MINOR), currency: 'usd', source: 'tok_visa' };
  const fields = { amount: AMOUNT_MINOR, amount_captured: AMOUNT_MINOR };
  const times = [0, secondAt];
  const poor = {
    status: 400,
    body: { error: { type: 'invalid_request_error', code: 'balance_insufficient', message: 'Too little.' } },
  };
  const exchanges = [
    ...ids.map((id, n) =>
      sent(
        times[n]!,
        'POST /v1/charges',
        { key: id, parameters: wanted },
        { body: chargeObject(id, times[n]!, fields) },
      ),
    ),
    ...refundedAt.map((at) => sent(at, 'POST /v1/refunds', { key: 'r', parameters: { charge: 'ch_a' } }, poor)),
  ].toSorted((a, b) => a.sentMs - b.sentMs);
  const charges = ids.map((id, n) =>
    chargeRow(id, times[n]!, { amountMinor: AMOUNT_MINOR, capturedMinor: AMOUNT_MINOR, key: id }),
  );
  const refunds = [refundRow('re_a', 'ch_a', refundedAt[0]!, { state: 'failed', amountMinor: AMOUNT_MINOR, key: 'r' })];
  const balanceTransactions = rows.balanceTransactions
    .slice(0, 2)
    .map((row) => ({ ...row, amountMinor: AMOUNT_MINOR, netMinor: NET_MINOR }));
  return judgeByModel(evidenceOf([], { charges, refunds, balanceTransactions, exchanges })).filter((line) =>
    line.includes('balance is too low'),
  );
}

describe('a refund that was refused for lack of balance', () => {
  it('is accepted if the covering charge may not have been posted', () => {
    expect(wrong([5], 10)).toEqual([]);
  });

  it('is reported if the covering charge was certainly posted', () => {
    expect(wrong([15], 10)).toHaveLength(1);
  });

  it('is checked by the time of its first request, not of a retry', () => {
    expect(wrong([5, 20], 10)).toEqual([]);
  });
});

describe('a refund of another account’s charge', () => {
  const refusedAs = (status: number): string[] => {
    const answer = { ...missing, status };
    const parameters = { charge: 'ch_a' };
    return judgeByModel(
      evidenceOf([sent(30, 'POST /v1/refunds', { key: 'theirs', account: 'acct_2', parameters }, answer)]),
    ).filter((line) => line.includes('theirs'));
  };

  it('must be answered 404, as for a missing charge', () => expect(refusedAs(404)).toEqual([]));

  it('must not be answered 400', () => {
    expect(refusedAs(400)).toEqual([
      'acct_2 theirs: answered 400 resource_missing, and what a request is about is missing with a 404',
    ]);
  });
});

describe('a capture of a charge that does not exist', () => {
  const refusedAs = (id: string): string[] => {
    const answer = { status: 404, body: { error: { type: 'invalid_request_error', message: 'Unrecognized URL.' } } };
    const exchange = sent(30, `POST /v1/charges/${id}/capture`, { key: 'missing', parameters: {} }, answer);
    return judgeByModel(evidenceOf([exchange])).filter((line) => line.includes('missing'));
  };

  it('is refused with the name of its parameter', () => {
    expect(refusedAs('ch_nobody')).toEqual([
      'acct_1 missing: answered 404 Unrecognized URL. of undefined, which must be of charge',
    ]);
  });

  it('may be no route if its id is none', () => expect(refusedAs("ch_'%20OR%201=1")).toEqual([]));
});
