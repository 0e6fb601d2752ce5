import { expect, it } from '@jest/globals';
import { anExchange } from '../testing/an-exchange.js';
import { aCharge } from '../../../checker/src/testing/rows.js';
import { readBack, type Reader } from './read-back.js';

/** A reader with answers by path and cursor. It records its requests. */
function reader(account: string, answers: Readonly<Record<string, object | number>>) {
  const asked: string[] = [];
  const read: Reader['read'] = (path, { parameters = {} } = {}) => {
    const { starting_after: cursor } = parameters;
    const what = cursor === undefined ? path : `${path} after ${cursor}`;
    asked.push(what);
    const answer = answers[what] ?? { data: [], has_more: false };
    const [status, body] = typeof answer === 'number' ? [answer, '{"error": {}}'] : [200, JSON.stringify(answer)];
    return Promise.resolve(anExchange({ method: 'GET', path, status, body }));
  };
  return { account, read, asked };
}
const usd = (amount: number) => ({ amount, currency: 'usd' });

it('reads every charge and balance with the key of its account', async () => {
  const one = reader('acct_1', {
    '/v1/charges/ch_1': { status: 'succeeded', captured: true },
    '/v1/balance': { available: [usd(5)], pending: [usd(7), { amount: 1, currency: 'jpy' }] },
  });
  const other = reader('acct_2', { '/v1/charges/ch_2': 404, '/v1/balance': 500 });
  const charges = [aCharge('ch_1'), aCharge('ch_2', { account: 'acct_2' }), aCharge('ch_3', { account: 'acct_3' })];
  const said = await readBack({ charges }, [one, other]);
  expect(said.charges).toEqual(
    new Map([
      ['ch_1', { status: 'succeeded', captured: true }],
      ['ch_2', { status: 'nothing, but 404', captured: false }],
    ]),
  );
  expect(said.balances.get('acct_1')).toEqual(
    new Map([
      ['usd', 12],
      ['jpy', 1],
    ]),
  );
  expect([...said.balances]).toContainEqual(['acct_2', undefined]);
});

it('reads every page of every list', async () => {
  const one = reader('acct_1', {
    '/v1/balance': { available: [], pending: [] },
    '/v1/charges': { data: [{ id: 'ch_9' }, { id: 'ch_8' }], has_more: true },
    '/v1/charges after ch_8': { data: [{ id: 'ch_7' }], has_more: false },
  });
  await readBack({ charges: [] }, [one]);
  expect(one.asked).toEqual([
    '/v1/balance',
    '/v1/charges',
    '/v1/charges after ch_8',
    '/v1/refunds',
    '/v1/balance_transactions',
  ]);
});
