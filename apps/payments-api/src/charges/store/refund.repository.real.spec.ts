import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { migrate } from '#postgres';
import { testDatabase, type TestDatabase } from '#testing';
import { migrations } from '../../migrations/migrations.js';
import { readLatestRefunds } from './refund.repository.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase('refunds');
  await migrate({ url: test.url, database: test.name, migrations, clock: new SystemClock() });
}, 60_000);
afterAll(() => test.drop());

describe('the refunds that a charge shows', () => {
  it('are its ten newest by creation time, not by id', async () => {
    await test.database.query({
      name: 'test.refunds',
      text: `INSERT INTO refund (id, account, charge_id, state, amount_minor, currency, created_at, refund)
             SELECT id, 'acct_1', 'ch_1', 'succeeded', 1000, 'usd', now() + n * interval '1 ms',
                    jsonb_build_object('opening', jsonb_build_object('id', id))
             FROM (SELECT 're_' || 99 - n AS id, n FROM generate_series(1, 12) AS n) AS made`,
    });
    const latest = await readLatestRefunds(test.database, [{ opening: { id: 'ch_1', account: 'acct_1' } }]);
    const shown = latest.get('ch_1')!.map(({ opening }) => opening.id);
    expect(shown).toEqual(Array.from({ length: 10 }, (_, place) => `re_${87 + place}`));
  });
});
