import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence.js';
import type { ApiExchange } from '../history.js';
import { claimRows } from './attributed-rows.js';
import { readKeys } from './key-history.js';
import { judgeReads } from './reads.js';
import {
  balanceObject,
  chargeObject,
  chargeRow,
  evidenceOf,
  listObject,
  missing,
  ms,
  ofRefund,
  refundObject,
  requested,
  rows,
  sent,
  transactionObject,
} from './testing/a-history.js';

function judged(exchanges: readonly ApiExchange[], changes?: Partial<Evidence>): string[] {
  const evidence = evidenceOf(exchanges, changes);
  return judgeReads(claimRows(evidence, readKeys(evidence.exchanges).operations));
}

/** The first charge after a partial refund, and the others. */
const a = (fields = {}) => chargeObject('ch_a', 0, { amount_refunded: 300, ...fields });
const b = (fields = {}) => chargeObject('ch_b', 10, fields);
const c = (fields = {}) => refundObject('re_c', 'ch_a', 20, fields);
const ofA = (fields = {}) => transactionObject('ch_a', 0, fields);
const ofB = (fields = {}) => transactionObject('ch_b', 10, fields);
const ofC = (fields = {}) => transactionObject('re_c', 20, { ...ofRefund(20), ...fields });

const get = (at: number, path: string, body: unknown, parameters: ApiExchange['parameters'] = {}): ApiExchange =>
  sent(at, `GET ${path}`, { parameters }, { body });
const page = (
  parameters: ApiExchange['parameters'],
  data: readonly object[],
  more = false,
  path = '/v1/charges',
): ApiExchange => get(50, path, listObject(path, data as never, more), parameters);

const refused = (status: number, code: string, param?: string) => ({
  status,
  body: { error: { type: 'invalid_request_error', code, param } },
});

const update = (at: number, id: string, parameters: ApiExchange['parameters']): ApiExchange =>
  sent(at, `POST /v1/charges/${id}`, { key: `update at ${at}`, parameters }, { body: {} });

describe('correct reads', () => {
  const refunds = (data: readonly object[]) => listObject('/v1/charges/ch_a/refunds', data as never);
  const walked = [
    page({ limit: '1' }, [b()], true),
    page({ limit: '1', starting_after: 'ch_b' }, [a()]),
    page({ limit: '1', ending_before: 'ch_a' }, [b()]),
    page({ 'created[gte]': String(ms(10) / 1_000) }, [b()]),
    page({ 'created[gt]': String(ms(0) / 1_000), 'created[lte]': String(ms(10) / 1_000) }, [b()]),
    page({ 'created[lt]': String(ms(10) / 1_000) }, [a()]),
    page({ created: String(ms(10) / 1_000) }, [b()]),
    page({ customer: 'cus_1' }, []),
    page({}, [c()], false, '/v1/refunds'),
    page({ charge: 'ch_b' }, [], false, '/v1/refunds'),
    page({}, [c()], false, '/v1/charges/ch_a/refunds'),
    page({}, [ofC(), ofB(), ofA()], false, '/v1/balance_transactions'),
    page({ type: 'charge', currency: 'usd' }, [ofB(), ofA()], false, '/v1/balance_transactions'),
    page({ source: 're_c' }, [ofC()], false, '/v1/balance_transactions'),
  ];
  const sound: Readonly<Record<string, readonly ApiExchange[]>> = {
    'retrieve each object': [
      get(30, '/v1/charges/ch_a', a()),
      get(30, '/v1/refunds/re_c', c()),
      get(30, '/v1/balance_transactions/txn_a', ofA()),
    ],
    'expand one object inside another': [
      get(30, '/v1/charges/ch_a', a({ balance_transaction: ofA(), refunds: refunds([c()]) })),
      get(30, '/v1/refunds/re_c', c({ charge: a(), balance_transaction: ofC() })),
      get(30, '/v1/balance_transactions/txn_c', ofC({ source: c() })),
      get(30, '/v1/charges/ch_a', a({ balance_transaction: ofA({ source: a({ refunds: refunds([c()]) }) }) })),
    ],
    'walk lists': walked,
    'read the balance': [get(50, '/v1/balance', balanceObject(-300, 2 * 941))],
    'read while a refund is being created': [
      sent(19.9, 'GET /v1/charges/ch_a', {}, { body: chargeObject('ch_a', 0) }),
      sent(19.9, 'GET /v1/balance', {}, { body: balanceObject(0, 2 * 941) }),
      sent(20.1, 'GET /v1/refunds', {}, { body: listObject('/v1/refunds', []) }),
    ],
    'read while a charge is being updated': [
      sent(30, 'POST /v1/charges/ch_b', { key: 'unheard', parameters: { 'metadata[colour]': 'red' } }),
      get(30.1, '/v1/charges/ch_b', b()),
      get(40, '/v1/charges/ch_b', b({ metadata: { colour: 'red' } })),
      update(50, 'ch_b', { metadata: '' }),
      get(60, '/v1/charges/ch_b', b()),
    ],
    'ask for another account’s objects': [
      sent(30, 'GET /v1/charges/ch_a', { account: 'acct_2' }, missing),
      sent(30, 'GET /v1/charges', { account: 'acct_2' }, { body: listObject('/v1/charges', []) }),
      sent(30, 'GET /v1/balance', { account: 'acct_2' }, { body: balanceObject(0, 0) }),
      sent(
        30,
        'GET /v1/charges',
        { account: 'acct_2', parameters: { starting_after: 'ch_a' } },
        refused(400, 'resource_missing', 'starting_after'),
      ),
    ],
    'ask wrongly': [
      sent(30, 'GET /v1/charges', { parameters: { limit: '0' } }, refused(400, 'parameter_invalid_integer')),
    ],
    'hear nothing': [sent(30, 'GET /v1/charges/ch_a', {})],
    'are shed': [sent(30, 'GET /v1/charges/ch_a', {}, refused(429, 'rate_limit'))],
  };
  it.each(Object.entries(sound))('are those that %s', (_, exchanges) => {
    expect(judged(exchanges)).toEqual([]);
  });
});

describe('reads that break the model', () => {
  const broken: Readonly<
    Record<string, readonly [line: RegExp, exchanges: readonly ApiExchange[], changes?: Partial<Evidence>]>
  > = {
    // Retrieving
    'an object that was acknowledged is missing': [
      /^ch_a: .* is 404, and acct_1 had been shown it$/,
      [sent(30, 'GET /v1/charges/ch_a', {}, missing)],
    ],
    'another object is shown': [/^ch_a: .* shows something else$/, [get(30, '/v1/charges/ch_a', b())]],
    'an object of another account is shown': [
      /^ch_b: .*acct_2 GET.* to another account than acct_1$/,
      [sent(30, 'GET /v1/charges/ch_b', { account: 'acct_2' }, { body: b() })],
    ],
    'a charge is shown that has no row': [
      /^ch_z: .* there is no such row$/,
      [get(30, '/v1/charges/ch_z', chargeObject('ch_z', 30))],
    ],
    'a charge is as it was before it was captured': [
      /^ch_b: .* shows it requested after exchange 1 .* showed it captured$/,
      [get(30, '/v1/charges/ch_b', b(requested))],
    ],
    'a charge is captured, and in the end it is not': [
      /^ch_d: .* shows it captured, and it is failed at rest$/,
      [get(30, '/v1/charges/ch_d', chargeObject('ch_d', 25))],
      { charges: [...rows.charges, chargeRow('ch_d', 25, { state: 'failed', capturedMinor: 1_000 })] },
    ],
    'another amount is shown than at first': [
      /^ch_b: .* shows (another amount|another payment_method_details|amount 999, which is 1000 at rest|999 captured, which is 1000 at rest)/,
      [get(30, '/v1/charges/ch_b', b({ amount: 999, amount_captured: 999 }))],
    ],
    'what is missing is another parameter': [
      /is 404 with the code resource_missing of charge$/,
      [sent(30, 'GET /v1/charges/ch_z', {}, refused(404, 'resource_missing', 'charge'))],
    ],
    'another card is shown than at first': [
      /^ch_b: .* shows another (source|payment_method_details) than exchange 1/,
      [get(30, '/v1/charges/ch_b', b({ source: { brand: 'visa', last4: '0002' } }))],
    ],
    'a charge contradicts itself': [
      /^ch_b: .* shows refunded true with 0 of 1000$/,
      [get(30, '/v1/charges/ch_b', b({ refunded: true }))],
    ],
    'another transaction is named': [
      /^ch_b: .* shows balance_transaction txn_a of a charge that is captured$/,
      [get(30, '/v1/charges/ch_b', b({ balance_transaction: 'txn_a' }))],
    ],
    'a refund is not counted in its charge': [
      /^ch_a: .* shows 0 of its capture refunded, which must be 300$/,
      [get(30, '/v1/charges/ch_a', chargeObject('ch_a', 0))],
    ],
    'a refund is counted before it was requested': [
      /^ch_a: .* shows 300 of its capture refunded, which must be 0$/,
      [sent(15, 'GET /v1/charges/ch_a', {}, { body: a() })],
    ],
    'a refund is pending again': [
      /^re_c: .* shows it pending after exchange 2 .* showed it succeeded$/,
      [get(30, '/v1/refunds/re_c', c({ status: 'pending', balance_transaction: null }))],
    ],
    'a refund is of another charge': [
      /^re_c: .* shows charge ch_b, and it is of ch_a$/,
      [get(30, '/v1/refunds/re_c', c({ charge: 'ch_b' }))],
    ],
    'an expanded object is older than the object by itself': [
      /^re_c: .* shows it pending after exchange 2/,
      [
        get(
          30,
          '/v1/charges/ch_a',
          a({
            refunds: listObject('/v1/charges/ch_a/refunds', [c({ status: 'pending', balance_transaction: null })]),
          }),
        ),
      ],
    ],
    'an expanded charge leaves out a refund': [
      /^re_c: .*leaves it out, and says that there is no more$/,
      [get(30, '/v1/charges/ch_a', a({ refunds: listObject('/v1/charges/ch_a/refunds', []) }))],
    ],
    'a charge that its own balance transaction expands leaves out a refund': [
      /^re_c: .*leaves it out, and says that there is no more$/,
      [
        get(
          30,
          '/v1/charges/ch_a',
          a({ balance_transaction: ofA({ source: a({ refunds: listObject('/v1/charges/ch_a/refunds', []) }) }) }),
        ),
      ],
    ],
    // Lists
    'a page exceeds its limit': [/has 2 items, of 1 at most$/, [page({ limit: '1' }, [b(), a()])]],
    'a page leaves out an object in the middle': [
      /^txn_b: .* leaves it out$/,
      [page({}, [ofC(), ofA()], false, '/v1/balance_transactions')],
    ],
    'a page leaves out the first after its cursor': [
      /^txn_b: .* leaves it out$/,
      [page({ starting_after: 'txn_c' }, [ofA()], false, '/v1/balance_transactions')],
    ],
    'a page shows its cursor': [/^ch_b: .* though it is the cursor$/, [page({ starting_after: 'ch_b' }, [b(), a()])]],
    'a page is in the wrong order': [/^ch_[ab]: .* (again, or out of order|leaves it out)/, [page({}, [a(), b()])]],
    'a page before a cursor begins at the other end': [
      /^txn_b: .* leaves it out$/,
      [page({ ending_before: 'txn_a', limit: '1' }, [ofC()], false, '/v1/balance_transactions')],
    ],
    'a page says that there is no more': [
      /^ch_a: .* leaves it out, and says that there is no more$/,
      [page({ limit: '1' }, [b()], false)],
    ],
    'a page says that there is more': [/says that there is more, and there is not$/, [page({}, [b(), a()], true)]],
    'a page ends before its limit': [/ends after 1 items of 10, and says that there is more$/, [page({}, [b()], true)]],
    'a page shows an object that its filter excludes': [
      /^ch_a: .* against its filter$/,
      [page({ 'created[gte]': String(ms(10) / 1_000) }, [b(), a()])],
    ],
    'an inclusive bound is exclusive': [
      /^ch_b: .* leaves it out/,
      [page({ 'created[gte]': String(ms(10) / 1_000) }, [])],
    ],
    'a page shows an object of another account': [
      /^ch_a: .* shows it(, and acct_2 has no such charge| to another account than acct_1)$/,
      [sent(50, 'GET /v1/charges', { account: 'acct_2' }, { body: listObject('/v1/charges', [a()]) })],
    ],
    'a page follows a cursor of another account': [
      /answers though ch_a is none of the account's$/,
      [
        sent(
          50,
          'GET /v1/charges',
          { account: 'acct_2', parameters: { starting_after: 'ch_a' } },
          { body: listObject('/v1/charges', []) },
        ),
      ],
    ],
    'a list names another list': [
      /says that it is the list of \/v1\/refunds$/,
      [get(50, '/v1/charges', listObject('/v1/refunds', [b(), a()]))],
    ],
    // Balances
    'a movement is missing from the balance': [
      /shows 0 usd available and 1882 pending, and its 3 movements come to 1582$/,
      [get(50, '/v1/balance', balanceObject(0, 2 * 941))],
    ],
    'money is available too early': [
      /shows 641 usd available and 941 pending/,
      [get(50, '/v1/balance', balanceObject(641, 941))],
    ],
    'another currency is counted in': [
      /shows 1882 eur available|leaves out usd|shows eur, of which/,
      [get(50, '/v1/balance', balanceObject(-300, 1_882, 'eur'))],
    ],
    'a balance has each currency twice': [
      /shows usd not once in each list$/,
      [
        get(50, '/v1/balance', {
          ...balanceObject(-300, 1_882),
          pending: [...(balanceObject(0, 941).pending as object[]), ...(balanceObject(0, 941).pending as object[])],
        }),
      ],
    ],
    'a transaction is available too early': [
      /^txn_a: .* shows it available before its time$/,
      [get(30, '/v1/balance_transactions/txn_a', ofA({ status: 'available' }))],
    ],
    'a refund is never available': [
      /^txn_c: .* shows it pending after its time$/,
      [sent(10_000, 'GET /v1/balance_transactions/txn_c', {}, { body: ofC({ status: 'pending' }) })],
    ],
    'a transaction shows another fee': [
      /^txn_a: .* shows fee 58, which is 59 at rest$/,
      [
        get(
          30,
          '/v1/balance_transactions/txn_a',
          ofA({
            fee: 58,
            net: 942,
            fee_details: [
              { amount: 58, application: null, currency: 'usd', description: 'Processing fees', type: 'stripe_fee' },
            ],
          }),
        ),
      ],
    ],
    'a transaction shows another day': [
      /^txn_a: .* shows available_on/,
      [get(30, '/v1/balance_transactions/txn_a', ofA({ available_on: ms(0) / 1_000 }))],
    ],
    // Refusals
    'a well-formed read is refused': [
      /is 400 .* nothing is wrong with it$/,
      [sent(30, 'GET /v1/charges', { parameters: { limit: '100' } }, refused(400, 'parameter_invalid_integer'))],
    ],
    'a malformed read is answered': [
      /is answered, and its parameters are wrong$/,
      [page({ limit: '101' }, [b(), a()])],
    ],
    'a cursor that was shown is unknown': [
      /^ch_a: .* is 400, and acct_1 had been shown it$/,
      [
        sent(
          30,
          'GET /v1/charges',
          { parameters: { starting_after: 'ch_a' } },
          refused(400, 'resource_missing', 'starting_after'),
        ),
      ],
    ],
  };

  it.each(Object.entries(broken))('when %s', (_, [line, exchanges, changes]) => {
    const lines = judged(exchanges, changes);
    expect(lines.filter((each) => !line.test(each))).toEqual([]);
    expect(lines).not.toEqual([]);
  });
});

describe('at quiescence', () => {
  const quiet = { quietSinceMs: ms(40) };

  it('a read must show the final rows, even if no answer had shown them before', () => {
    const unheard = rows.charges.concat(chargeRow('ch_d', 25));
    const look = [page({}, [b(), a()])];
    expect(judged(look, { charges: unheard })).toEqual([]);
    const [line, ...more] = judged(look, { charges: unheard, ...quiet });
    expect(line).toMatch(/^ch_d: .* leaves it out$/);
    expect(more).toEqual([]);
  });
});
