import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { usd } from '#money';
import { Database, migrate } from '#postgres';
import { eventually } from '#testing';
import { sandboxAccount } from '../accounts/accounts.repository.js';
import { KeyedHash } from '../accounts/keyed-hash.js';
import { auditBalances } from '../balance/balance.repository.js';
import {
  evolve,
  type Charge,
  type ChargeEvent,
  type OpenedCharge,
  type PostedOutcome,
} from '../charges/charge/charge.js';
import { verifyProjection } from '../charges/store/projection.js';
import { aChargeOpened } from '../charges/charge/testing/a-charge.js';
import { officialStripe } from '../testing/official-stripe.js';
import { refundState, type LedgerRefundOutcome } from '../charges/charge/refund.js';
import { posting, refundPosting, RunningApi } from '../testing/running-api.js';
import { Payments1700000000001 } from './0001-payments.migration.js';
import { migrations } from './migrations.js';

const name = `migrated_${process.pid}`;
const apiKey = 'sk_test_migrated';
const account = sandboxAccount(apiKey, new KeyedHash('a secret for tests only'));
const [requested, succeeded, failed] = ['ch_00000000001', 'ch_00000000002', 'ch_00000000003'] as const;

const posted: PostedOutcome = {
  type: 'posted',
  amount: usd(1000),
  fee: usd(59),
  availableOn: 2,
  postedAt: 1,
  balanceTransactionId: 'txn_00000000002',
};
const before: [string, ChargeEvent[]][] = [
  [requested, []],
  [succeeded, [posted]],
  [failed, [{ type: 'declined', code: 'lost_card' }]],
];

const refunded = 'ch_00000000009';
const asked = (n: number): ChargeEvent => ({
  type: 'refund_requested',
  opening: { id: `re_0000000000${n}`, amount: usd(n * 100), reason: null, openedAt: 3, key: `refund ${n}` },
  metadata: { n: String(n) },
});
const ended = (n: number, end: LedgerRefundOutcome): ChargeEvent => ({
  type: 'refund_ended',
  refundId: `re_0000000000${n}`,
  end,
});
/** One given back, one that failed, one under way. */
const refundedBefore: ChargeEvent[] = [
  { ...posted, balanceTransactionId: 'txn_00000000009' },
  ...[1, 2, 3].map(asked),
  ended(1, { type: 'posted', postedAt: 4, availableOn: 4, balanceTransactionId: 'txn_re_00000000001' }),
  ended(2, { type: 'released', code: 'lost_card' }),
];

let api: RunningApi;
beforeAll(async () => {
  const { TEST_DATABASE_URL: url } = process.env;
  assert(url, 'the jest project "real" starts Postgres');
  const clock = new SystemClock();
  await migrate({ url, database: name, migrations: [Payments1700000000001], clock });
  const database = await Database.open({ url, database: name, clock });
  for (const [id, later] of before) await writeAsOnceBefore(database, id, later);
  await migrate({ url, database: name, migrations: migrations.slice(0, 2), clock });
  await writeAsOnceBefore(database, refunded, refundedBefore);
  await writeRefundsAsOnceBefore(database);
  await database.close();
  api = await RunningApi.start(name);
}, 60_000);
afterAll(() => api.close());

/** As it was when the row of a charge held its refunds. */
async function writeRefundsAsOnceBefore(database: Database): Promise<void> {
  const events = [aChargeOpened({ id: refunded, account }), ...refundedBefore];
  const refunds = (events.reduce<Charge>(evolve, { state: 'none' }) as OpenedCharge).refunds.known;
  await database.query(
    {
      name: 'test.refunds_before',
      text: 'UPDATE charge SET refunds = $2, awaiting = true WHERE id = $1',
    },
    [refunded, JSON.stringify(refunds)],
  );
  for (const refund of refunds) {
    await database.query(
      {
        name: 'test.refund_before',
        text: `INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
               VALUES ($1, $2, $3, $4, $5, 'usd', to_timestamp($6::int8 / 1000.0), $7)`,
      },
      [
        refund.opening.id,
        account,
        refunded,
        refundState(refund),
        refund.opening.amount.amountMinor,
        refund.opening.openedAt,
        JSON.stringify(refund),
      ],
    );
  }
}

/** As the first version of this service wrote them. */
async function writeAsOnceBefore(database: Database, id: string, later: ChargeEvent[]): Promise<void> {
  const events = [aChargeOpened({ id, account }), ...later];
  const charge = events.reduce<ReturnType<typeof evolve>>(evolve, { state: 'none' }) as OpenedCharge;
  await database.query(
    {
      name: 'test.charge_before',
      text: `INSERT INTO charge (id, account, state, version, amount_minor, currency, created_at, opening, details, ending, idempotency_key)
             VALUES ($1, $2, $3, $4, 1000, 'usd', now(), $5, $6, $7, $8)`,
    },
    [
      id,
      account,
      charge.state,
      events.length,
      JSON.stringify(charge.opening),
      JSON.stringify(charge.details),
      charge.ending && JSON.stringify(charge.ending),
      `key of ${id}`,
    ],
  );
  for (const [place, { type, ...data }] of events.entries()) {
    await database.query(
      {
        name: 'test.event_before',
        text: 'INSERT INTO charge_event (charge_id, version, type, data) VALUES ($1, $2, $3, $4)',
      },
      [id, place + 1, type, JSON.stringify(data)],
    );
  }
  await database.query(
    {
      name: 'test.key_before',
      text: `INSERT INTO idempotency_key (account, key, endpoint, fingerprint, request_id, charge_id, expand, api_version, holder, answer_by)
             VALUES ($1, $2, 'POST /v1/charges', 'f', 'req_1', $3, '[]', 'v', 'gone#1', now())`,
    },
    [account, `key of ${id}`, id],
  );
}

describe('a database in which the row of a charge holds its refunds', () => {
  it('keeps them, and ends the one that was under way', async () => {
    expect((await verifyProjection(api.database)).wrong).toEqual([]);
    const client = officialStripe(api, { key: apiKey });
    const shown = () => client.charges.retrieve(refunded, { expand: ['refunds'] });
    const charge = await shown();
    expect(charge.amount_refunded).toBe(400);
    expect(charge.refunds!.data.map(({ amount, status, metadata }) => [amount, status, metadata])).toEqual([
      [300, 'pending', { n: '3' }],
      [200, 'failed', { n: '2' }],
      [100, 'succeeded', { n: '1' }],
    ]);
    await api.deliver(refundPosting('re_00000000003', refunded, account, 300));
    expect((await shown()).refunds!.data[0]).toMatchObject({ amount: 300, status: 'succeeded' });
    await expect(client.refunds.create({ charge: refunded, amount: 601 })).rejects.toMatchObject({ param: 'amount' });
    expect((await verifyProjection(api.database)).wrong).toEqual([]);
  });
});

describe('a database from before captures and refunds', () => {
  it('keeps the meaning of its charges', async () => {
    expect(await verifyProjection(api.database)).toEqual({ checked: 4, wrong: [] });
    expect(await api.unsettled()).toEqual([requested]);
    const client = officialStripe(api, { key: apiKey });
    const seen = await Promise.all(before.map(([id]) => client.charges.retrieve(id)));
    expect(seen.map(({ status, captured, refunded }) => [status, captured, refunded])).toEqual([
      ['pending', false, false],
      ['succeeded', true, false],
      ['failed', false, false],
    ]);
  });

  it('takes what an instance of before writes beside this one: its balance, and that it waits no longer', async () => {
    const later: [string, ChargeEvent[]][] = [
      ['ch_00000000004', [{ ...posted, balanceTransactionId: 'txn_00000000004' }]],
      ['ch_00000000005', [{ type: 'declined', code: 'lost_card' }]],
      ['ch_00000000006', [{ ...posted, balanceTransactionId: 'txn_00000000006' }]],
    ];
    for (const [id, events] of later) await writeAsOnceBefore(api.database, id, events);
    // From here on its row says by itself that it does not wait.
    await officialStripe(api, { key: apiKey }).charges.update('ch_00000000006', { description: 'written on' });
    await api.database.query({ name: 'test.stall', text: `UPDATE charge SET next_sweep_at = now() WHERE awaiting` });
    await eventually('only the one waits that does', async () => (await api.unsettled()).join() === requested, {
      timeoutMs: 20_000,
    });
    expect(await auditBalances(api.database)).toEqual({ miscounted: [], unmoved: [] });
    expect((await verifyProjection(api.database)).wrong).toEqual([]);
  }, 30_000);

  it('goes on where it stood', async () => {
    await api.deliver(posting(requested, account, 1000));
    const [answer] = await api.database.query(
      { name: 'test.answer', text: 'SELECT status FROM idempotency_answer WHERE key = $1' },
      [`key of ${requested}`],
    );
    expect(answer).toEqual({ status: 200 });
    api.playLaterServices();
    const client = officialStripe(api, { key: apiKey });
    for (const id of [requested, succeeded]) {
      expect(await client.refunds.create({ charge: id, amount: 400 })).toMatchObject({ status: 'succeeded' });
    }
    expect((await verifyProjection(api.database)).wrong).toEqual([]);
  });
});
