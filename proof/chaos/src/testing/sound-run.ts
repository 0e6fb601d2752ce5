import type { RunFacts } from '../verdict/run-facts.js';
import { anExchange } from './an-exchange.js';
import { anAuthorization } from './an-authorization.js';
import { aCharge, aRefund, aTransaction } from '../../../checker/src/testing/rows.js';
import { runFacts, type DifferentFacts } from './run-facts.js';

const charges = ['ch_1', 'ch_2', 'ch_3'].map((id) => aCharge(id));
const refunds = [aRefund('re_1')];
const balanceTransactions = [...charges, ...refunds].map(({ id }) => aTransaction(id));

/** A sound run of one client for a minute, with at least one subject for every promise. */
export function soundRun({ evidence, ...different }: DifferentFacts = {}): RunFacts {
  const missing = '{"error": {"code": "resource_missing", "message": "No such charge: \'ch_1\'"}}';
  const story = 'tries another’s charge';
  return runFacts({
    traffic: { clients: 1, mix: { charge: 1 } },
    exchanges: [
      ...charges.map(({ id }, n) =>
        anExchange({ number: n + 1, key: id, body: JSON.stringify({ id, object: 'charge', status: 'succeeded' }) }),
      ),
      anExchange({
        number: 4,
        path: '/v1/refunds',
        parameters: { charge: 'ch_1' },
        body: '{"id": "re_1", "object": "refund", "status": "succeeded"}',
      }),
      anExchange({
        number: 5,
        story,
        account: 'acct_2',
        method: 'GET',
        path: '/v1/charges/ch_1',
        forbidden: 'foreign',
        status: 404,
        body: missing,
      }),
      anExchange({
        number: 8,
        method: 'GET',
        path: '/v1/balance_transactions/txn_ch_1',
        body: '{"id": "txn_ch_1", "object": "balance_transaction"}',
      }),
      anExchange({ number: 6, story: 'hostile input', forbidden: 'hostile', status: 400, body: '{"error": {}}' }),
    ],
    unreadable: [
      {
        number: 7,
        story: 'unreadable input',
        at: 'payments-api',
        sent: 'GARBAGE',
        sentMs: 1,
        endedMs: 2,
        status: 400,
      },
    ],
    evidence: { charges, refunds, balanceTransactions, ...evidence },
    journal: [1_000, 2_000, 3_000].map((afterMs) => anAuthorization(afterMs)),
    readBack: {
      charges: new Map(charges.map(({ id }) => [id, { status: 'succeeded', captured: true }])),
      balances: new Map([
        ['acct_1', new Map([['usd', 3 * 941 - 1_000]])],
        ['acct_2', new Map()],
      ]),
    },
    ...different,
  });
}
