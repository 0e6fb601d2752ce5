import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Evidence, RefundEvidence } from '../evidence.js';
import type { ApiExchange } from '../history.js';
import { judgeByModel } from './index.js';
import { SmallApi } from './testing/small-api.js';

/** A correct history: an automatic capture, a partial one, refunds, a cancellation, a declined card. */
function aDay(): { api: SmallApi; evidence: Evidence } {
  const api = new SmallApi();
  const once = api.create('k1', { 'metadata[order]': '7', description: 'Shoes' });
  api.create('k1', { 'metadata[order]': '7', description: 'Shoes' });
  api.refund('k2', once, { amount: '300' });
  api.read(once);
  const held = api.create('k3', { amount: '5000', currency: 'eur', source: 'tok_amex', capture: 'false' });
  api.capture('k4', held, { amount: '2005' });
  api.capture('k5', held);
  api.update('k6', held, { 'metadata[a]': '1' });
  api.refund('k7', held);
  api.refund('k8', held);
  const unwanted = api.create('k9', { capture: 'false' });
  api.refund('k10', unwanted);
  api.capture('k11', unwanted);
  api.create('k12', { source: 'tok_chargeDeclinedLostCard' });
  api.create('k13', { amount: '700' }, { unheard: true });
  api.create('k14', { amount: '900' }, { account: 'acct_2' });
  return { api, evidence: api.evidence() };
}

const wrong = (change: Partial<Evidence> = {}): string[] => judgeByModel({ ...aDay().evidence, ...change });
const day = aDay().evidence;

const rows = <Row extends { readonly id: string }>(all: readonly Row[], id: string, change: Partial<Row>): Row[] =>
  all.map((row) => (row.id === id ? { ...row, ...change } : row));
const charge = (id: string, change: Partial<Evidence['charges'][number]>): Partial<Evidence> => ({
  charges: rows(day.charges, id, change),
});
/** Replaces the answer to the request under this key. */
function told(key: string, change: (body: Record<string, never>) => object, status?: number): Partial<Evidence> {
  return exchange(key, ({ answer, ...request }) => ({
    ...request,
    answer: {
      ...answer!,
      status: status ?? answer!.status,
      body: JSON.stringify(change(JSON.parse(answer!.body) as never)),
    },
  }));
}
const exchange = (key: string, change: (exchange: ApiExchange) => ApiExchange): Partial<Evidence> => ({
  exchanges: day.exchanges.map((each) => (each.key === key ? change(each) : each)),
});
const refusal = (code: string | undefined, param?: string) => () => ({
  error: { type: 'invalid_request_error', code, param, message: 'No.' },
});
const transfers = (effect: string, change: Partial<Evidence['transfers'][number]>): Partial<Evidence> => ({
  transfers: day.transfers.map((each) => (each.effect === effect ? { ...each, ...change } : each)),
});

describe('the reference model', () => {
  it('accepts a correct history', () => {
    expect(wrong()).toEqual([]);
    expect(day.exchanges).toHaveLength(16);
  });

  it('checks nothing without recorded requests', () => {
    expect(wrong({ exchanges: [] })).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['an amount', charge('ch_1', { amountMinor: 1001 }), /ch_1: no request made it/],
    ['a currency', charge('ch_1', { currency: 'eur' }), /ch_1: no request made it/],
    ['an account', charge('ch_1', { account: 'acct_2' }), /ch_1: no request made it/],
    ['a card', charge('ch_1', { last4: '0005' }), /ch_1: no request made it/],
    ['a capture mode', charge('ch_1', { capture: 'manual' }), /ch_1: no request made it/],
    ['a description', charge('ch_1', { description: 'Hats' }), /ch_1: description is Hats, requested: Shoes/],
    ['metadata', charge('ch_1', { metadata: { order: '8' } }), /metadata\[order\] is 8, requested: 7/],
    ['metadata of another', charge('ch_1', { metadata: { order: '7', a: '1' } }), /metadata\[a\] is 1/],
    ['a lost update', charge('ch_2', { metadata: {} }), /metadata\[a\] is null, requested: 1/],
    [
      'a captured amount',
      charge('ch_2', { capturedMinor: 5000 }),
      /ch_2: captured 5000, requested: 2005 under acct_1 k4/,
    ],
    ['a capture of the whole', charge('ch_1', { capturedMinor: 999 }), /ch_1: captured 999, requested: 1000/],
    ['a capture without a request', charge('ch_2', { captureKey: 'k99' }), /captured under k99, which no request/],
    ['a refused card', charge('ch_4', { state: 'succeeded', capturedMinor: 1000 }), /always refused/],
    ['a cancellation', { refunds: day.refunds.filter(({ cancels }) => !cancels) }, /ch_3: canceled, which no request/],
    ['an expiry', charge('ch_3', { cause: 'expired' }), /ch_3: expired before its time/],
    ['the time', charge('ch_1', { createdMs: 0 }), /ch_1: created at 1970/],
    [
      'a second charge',
      { charges: [...day.charges, { ...day.charges[0]!, id: 'ch_9' }] },
      /acct_1 k1: executed 2 times: ch_1, ch_9/,
    ],
    [
      'a second charge without an answer',
      { charges: [...day.charges, { ...day.charges[4]!, id: 'ch_9' }] },
      /acct_1 k13: executed 2 times: ch_5, ch_9/,
    ],
    ['a lost charge', { charges: day.charges.slice(1) }, /acct_1 k1: its answer names ch_1, which does not exist/],
    ["a refund's amount", { refunds: rows(day.refunds, 're_r1', { amountMinor: 301 }) }, /re_r1: no request made it/],
    ["a refund's charge", { refunds: rows(day.refunds, 're_r1', { chargeId: 'ch_2' }) }, /re_r1: no request made it/],
  ])('reports %s in the final rows that was not requested', (_what, change, line) => {
    expect(wrong(change)).toContainEqual(expect.stringMatching(line));
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    [
      'another merchant',
      transfers('capture', { creditAccount: 'merchant:acct_9:usd' }),
      /moved at merchant:acct_9:usd/,
    ],
    [
      'another currency',
      transfers('capture', { creditAccount: 'merchant:acct_1:jpy' }),
      /moved at merchant:acct_1:jpy/,
    ],
    ['another fee', transfers('fee', { amountMinor: 58 }), /ch_1: a fee of 58, 59 is due/],
    ['another refund', transfers('refund:re_r1', { amountMinor: 299 }), /ch_1: 642 credited .* 641 is due/],
    [
      'a fee in the balance',
      { balanceTransactions: rows(day.balanceTransactions, 'txn_2', { netMinor: 1921 }) },
      /ch_2: moved the balance by \[2005 eur, 1921 net, of acct_1\], \[2005 eur, 1922 net/,
    ],
    ['no movement', { balanceTransactions: day.balanceTransactions.slice(1) }, /ch_1: moved the balance by \[\]/],
    [
      'an authorization of another amount, undone or not',
      { entries: [...day.entries, { ...day.entries[0]!, amountMinor: 999 }] },
      /ch_1: authorization .* is of 999, requested: 1000/,
    ],
    [
      'another card at the bank',
      { entries: [{ ...day.entries[0]!, card: { brand: 'amex', last4: '0005', fingerprint: 'f' } }] },
      /is on amex 0005, not on visa 4242/,
    ],
  ])('reports a wrong movement of money: %s', (_where, change, line) => {
    expect(wrong(change)).toContainEqual(expect.stringMatching(line));
  });

  it.each<[string, (rest: RefundEvidence) => RefundEvidence[], RegExp]>([
    ['is missing', () => [], /ch_2: 0 refunds of the 2995 that were not captured/],
    ['comes twice', (rest) => [rest, { ...rest, id: 're_other' }], /ch_2: 2 refunds of the 2995/],
    ['is of another amount', (rest) => [{ ...rest, amountMinor: 1 }], /its amountMinor is 1, not 2995/],
    ['has another id', (rest) => [{ ...rest, id: 're_other' }], /its id is re_other, not re_2/],
    ['moves money', (rest) => [{ ...rest, cancels: false }], /its cancels is false, not true/],
    ['has a reason', (rest) => [{ ...rest, reason: 'duplicate' }], /its reason is duplicate, not null/],
    [
      'is of a charge that was captured whole',
      (rest) => [rest, { ...rest, chargeId: 'ch_1' }],
      /nothing of ch_1 was left/,
    ],
  ])('reports a refund of what was not captured that %s', (_how, change, line) => {
    const [rest] = day.refunds.filter(({ key }) => key === null);
    const refunds = [...day.refunds.filter((each) => each !== rest), ...change(rest!)];
    expect(wrong({ refunds })).toContainEqual(expect.stringMatching(line));
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['an amount', told('k3', (body) => ({ ...body, amount: 1 })), /k3: answered 200, but amount is 1, not 5000/],
    ['a currency', told('k3', (body) => ({ ...body, currency: 'usd' })), /currency is usd, not eur/],
    ['a mode', told('k3', (body) => ({ ...body, livemode: true })), /livemode is true/],
    ['a card', told('k3', (body) => ({ ...body, source: { last4: '1' } })), /last4 is 1, not 0005/],
    ['metadata', told('k6', (body) => ({ ...body, metadata: {} })), /metadata\[a\] is null/],
    ['a captured amount', told('k4', (body) => ({ ...body, amount_captured: 5000 })), /captured 5000, requested: 2005/],
    [
      'no capture',
      told('k4', (body) => ({ ...body, captured: false, amount_captured: 0, amount_refunded: 0 })),
      /k4: answered 200, but it is not captured/,
    ],
    ['half an object', told('k3', () => ({ object: 'charge', id: 'ch_2' })), /judgeAnswers: an answer is malformed/],
    ['another charge', told('k6', (body) => ({ ...body, id: 'ch_1' })), /about ch_1, but the request was about ch_2/],
    [
      'another statement descriptor',
      told('k1', (body) => ({ ...body, statement_descriptor: 'Shoes' })),
      /statement_descriptor "Shoes", which must be null/,
    ],
    ['an outcome of another kind', told('k1', (body) => ({ ...body, outcome: null })), /outcome null, which must be/],
    [
      'a deadline for its capture a day late',
      told('k3', (body) =>
        withCard(body, (card) => ({ ...card, capture_before: Number(card['capture_before']) + 86_400 })),
      ),
      /capture_before \d+, which must be seven days after its authorization/,
    ],
    [
      'another card network',
      told('k3', (body) => withCard(body, (card) => ({ ...card, network: 'visa' }))),
      /payment_method_details.card.network "visa", which must be "amex"/,
    ],
    [
      'an object expanded',
      told('k1', (body) => ({ ...body, balance_transaction: { id: 'txn_1' } })),
      /balance_transaction of ch_1 expanded/,
    ],
    [
      "a refund's destination",
      told('k2', (body) => ({ ...body, destination_details: null })),
      /destination_details null/,
    ],
    [
      "a decline's message",
      told('k12', (body) => ({
        error: { ...(body['error'] as unknown as object), message: 'Your card has expired.' },
      })),
      /its message is “Your card has expired.”/,
    ],
    ["a refund's amount", told('k2', (body) => ({ ...body, amount: 3 })), /k2: answered 200, but amount is 3, not 300/],
    ["a refund's reason", told('k2', (body) => ({ ...body, reason: 'duplicate' })), /reason is duplicate, not null/],
    [
      'a decline',
      told('k12', () => ({
        error: {
          type: 'card_error',
          code: 'card_declined',
          decline_code: 'stolen_card',
          message: 'Your card was declined.',
          charge: 'ch_4',
        },
      })),
      /the reason card_declined\/stolen_card is none/,
    ],
    [
      'a decline that names another part of the card',
      told('k12', (body) => ({ error: { ...(body as unknown as { error: object }).error, param: 'cvc' } })),
      /k12: answered 402 card_declined, but it names cvc, and what is wrong is undefined/,
    ],
    [
      'a failed charge',
      told(
        'k12',
        () => ({ ...(JSON.parse(day.exchanges[0]!.answer!.body) as object), id: 'ch_4', status: 'failed' }),
        200,
      ),
      /k12: answered 200, but it failed, which is a 402/,
    ],
    [
      'another charge of the key',
      told('k9', (body) => ({ ...body, id: 'ch_2' })),
      /k9: its answer names ch_2, which another/,
    ],
  ])('reports an answer with a wrong field: %s', (_what, change, line) => {
    expect(wrong(change)).toContainEqual(expect.stringMatching(line));
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['canceled', told('k11', refusal('charge_already_captured')), /k11: answered 400 charge_already_captured/],
    ['captured', told('k5', refusal('charge_already_refunded')), /k5: answered 400 charge_already_refunded/],
    ['captured, and not expired', told('k5', refusal('charge_expired_for_capture')), /k5: answered 400 charge_expired/],
    ['refunded in part', told('k2', refusal('charge_already_refunded'), 400), /k2: answered 400|re_r1/],
    ['to be refunded still', told('k7', refusal(undefined, 'amount'), 400), /k7: answered 400|re_r2/],
    ['not failed', told('k8', refusal('charge_not_refundable')), /k8: answered 400 charge_not_refundable/],
    [
      'its own',
      told('k5', refusal('resource_missing', 'id'), 404),
      /k5: answered 404 resource_missing, and ch_2 is acct_1's own/,
    ],
    [
      'well-formed',
      told('k8', refusal('parameter_invalid_integer', 'amount')),
      /k8: answered 400 .* and nothing is wrong/,
    ],
    [
      'captured at its read',
      { exchanges: day.exchanges.map((each) => (each.method === 'GET' ? { ...each, sentMs: 0, endedMs: 1 } : each)) },
      /ch_1: shown as succeeded/,
    ],
  ])('reports a refusal or a read that is wrong at its time, of a charge that is %s', (_what, change, line) => {
    expect(wrong(change)).toContainEqual(expect.stringMatching(line));
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    [
      'too small',
      exchange('k14', (each) => ({ ...each, parameters: { ...each.parameters, amount: '49' } })),
      /amount is wrong/,
    ],
    [
      'too large',
      exchange('k14', (each) => ({ ...each, parameters: { ...each.parameters, amount: '100000000' } })),
      /amount is wrong/,
    ],
    [
      'in an unknown currency',
      exchange('k14', (each) => ({ ...each, parameters: { ...each.parameters, currency: 'xyz' } })),
      /currency is wrong/,
    ],
    [
      'of an unknown card',
      exchange('k14', (each) => ({ ...each, parameters: { ...each.parameters, source: 'tok_x' } })),
      /source is wrong/,
    ],
    [
      "of another's charge",
      exchange('k4', (each) => ({ ...each, account: 'acct_2' })),
      /answered 200 of ch_2, which is not acct_2's/,
    ],
  ])('reports an accepted request that is %s', (_what, change, line) => {
    expect(wrong(change)).toContainEqual(expect.stringMatching(line));
  });

  describe('of keys', () => {
    const answered = (key: string): ApiExchange => day.exchanges.find((each) => each.key === key)!;
    const also = (...more: ApiExchange[]): Partial<Evidence> => ({ exchanges: [...day.exchanges, ...more] });
    const later = (key: string, change: Partial<ApiExchange>): ApiExchange => {
      const first = answered(key);
      return { ...first, sentMs: first.endedMs + 1, endedMs: first.endedMs + 2, ...change };
    };
    const conflict = { status: 409, replayed: false, body: '{"error":{"code":"idempotency_key_in_use","message":""}}' };
    const reuse = { status: 400, replayed: false, body: '{"error":{"type":"idempotency_error","message":""}}' };
    const other = { ...answered('k9').parameters, amount: '77' };

    it.each<[string, Partial<Evidence>]>([
      [
        'a repetition while the first one runs',
        also(later('k9', { sentMs: answered('k9').sentMs + 1, answer: conflict })),
      ],
      ['other parameters', also(later('k9', { parameters: other, answer: reuse }))],
      ['a repetition without an answer', also(later('k9', { answer: undefined }))],
      [
        'a repetition after the answer, while another one runs still',
        also(later('k9', { answer: undefined }), later('k9', { answer: conflict })),
      ],
      [
        'the key a day later, as a new one',
        {
          ...also(
            later('k14', {
              sentMs: answered('k14').endedMs + 25 * 3_600_000,
              endedMs: answered('k14').endedMs + 25 * 3_600_000 + 5,
              answer: undefined,
            }),
          ),
        },
      ],
    ])('accepts %s', (_what, change) => {
      expect(wrong(change)).toEqual([]);
    });

    it.each<[string, Partial<Evidence>, RegExp]>([
      ['in use after its answer', also(later('k9', { answer: conflict })), /in use after its final answer/],
      [
        'in use without another request',
        exchange('k9', (each) => ({ ...each, answer: conflict })),
        /no other request ran under it/,
      ],
      [
        'used for another request, but it was not',
        also(later('k9', { answer: reuse })),
        /used for another request, but it was not/,
      ],
      ['accepted for something else', also(later('k9', { parameters: other })), /2 requests with different parameters/],
      [
        'answered differently',
        also(
          later('k9', {
            answer: { ...answered('k9').answer!, replayed: true, body: '{"id":"ch_3","object":"charge"}' },
          }),
        ),
        /2 different answers/,
      ],
      ['the first, twice', also(later('k9', {})), /2 requests were answered as the first/],
      [
        'a repetition of nothing',
        exchange('k9', (each) => ({ ...each, answer: { ...each.answer!, replayed: true } })),
        /there was no earlier request/,
      ],
      [
        'a mistake, after its answer',
        also(
          later('k9', {
            answer: {
              ...reuse,
              body: '{"error":{"type":"invalid_request_error","code":"parameter_missing","message":""}}',
            },
          }),
        ),
        /refused with 400 parameter_missing after/,
      ],
    ])('reports a key that is answered as %s', (_what, change, line) => {
      expect(wrong(change)).toContainEqual(expect.stringMatching(line));
    });
  });

  it('reports a change of any field in the answer to a write', () => {
    const spoken = day.exchanges.flatMap(({ method, answer }, place) => {
      if (method === 'GET' || !answer || answer.replayed) return [];
      const body = JSON.parse(answer.body) as Record<string, unknown>;
      const judged = [
        'id',
        'amount',
        'amount_captured',
        'amount_refunded',
        'captured',
        'currency',
        'charge',
        'status',
        'error',
      ];
      return judged.filter((field) => field in body).map((field) => ({ place, body, field }));
    });
    fc.assert(
      fc.property(fc.constantFrom(...spoken), ({ place, body, field }) => {
        const exchanges = day.exchanges.map((each, at) => {
          if (at !== place && each.key !== day.exchanges[place]!.key) return each;
          const answer = { ...each.answer!, body: JSON.stringify({ ...body, [field]: differently(body[field]) }) };
          return each.answer ? { ...each, answer } : each;
        });
        expect([field, wrong({ exchanges })]).not.toEqual([field, []]);
      }),
      { numRuns: 150 },
    );
  });
});

function withCard(
  body: Readonly<Record<string, unknown>>,
  change: (card: Readonly<Record<string, unknown>>) => object,
): object {
  const { card } = body['payment_method_details'] as { card: Record<string, unknown> };
  return { ...body, payment_method_details: { card: change(card), type: 'card' } };
}

function differently(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === 'succeeded') return 'failed';
  if (typeof value === 'object')
    return { ...value, type: 'invalid_request_error', code: 'parameter_unknown', charge: undefined };
  return `${value as string}x`;
}
