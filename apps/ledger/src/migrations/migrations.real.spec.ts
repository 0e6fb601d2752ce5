import { expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { migrate, statement } from '#postgres';
import { frameMigrations } from '#service';
import { testDatabase } from '#testing';
import { TestBooks } from '../../test/books.js';
import { captured, chargeId, compensated } from '../../test/charge.js';
import { requested } from '../../test/refund.js';
import { migrations } from './migrations.js';

/** Rows of a ledger without refunds: one charge posted, one captured after its release. */
const older = `
  INSERT INTO account (id, kind, owner, currency) VALUES
    ('bank_receivable:alder:usd', 'bank_receivable', 'alder', 'usd'), ('suspense:alder:usd', 'suspense', 'alder', 'usd'),
    ('merchant:acct_1:usd', 'merchant', 'acct_1', 'usd'), ('fees:usd', 'fees', NULL, 'usd');
  INSERT INTO hold (charge_id, state, account, bank, currency, amount_minor, capture, posted_minor, fee_minor, posted_at,
                    cause, stray_minor) VALUES
    ('ch_old', 'posted', 'acct_1', 'alder', 'usd', 900, 'automatic', 900, 56, now(), NULL, NULL),
    ('ch_1', 'released', 'acct_1', 'alder', 'usd', NULL, NULL, NULL, NULL, NULL, 'hold_refused', 900);
  INSERT INTO transfer (charge_id, effect, kind, resolves, debit_account, credit_account, amount_minor, currency, cause,
                        posted_at) VALUES
    ('ch_old', 'hold', 'pending', NULL, 'bank_receivable:alder:usd', 'merchant:acct_1:usd', 900, 'usd', 'x', now()),
    ('ch_old', 'capture', 'post', 'hold', 'bank_receivable:alder:usd', 'merchant:acct_1:usd', 900, 'usd', 'x', now()),
    ('ch_old', 'fee', 'single', NULL, 'merchant:acct_1:usd', 'fees:usd', 56, 'usd', 'x', now()),
    ('ch_1', 'unmatched_capture', 'single', NULL, 'bank_receivable:alder:usd', 'suspense:alder:usd', 900, 'usd', 'x', now());
  INSERT INTO account_limit (account) VALUES ('acct_1');`;

it('migrates older books: captures can be refunded, suspended captures compensated', async () => {
  const test = await testDatabase('older');
  const clock = new SystemClock();
  const upTo = (count: number) =>
    migrate({
      url: test.url,
      database: test.name,
      migrations: [...migrations.slice(0, count), ...frameMigrations],
      clock,
    });
  await upTo(1);
  for (const text of older.split(';\n')) await test.database.query({ name: '', text });
  await upTo(migrations.length);

  const books = await TestBooks.over({ ...test, administrator: test.database, administratorUrl: test.url });
  await books.run(requested({ chargeId: 'ch_old' }), captured({ chargeId }));
  await books.run(compensated());
  expect(await books.emitted()).toEqual(['ledger.refund_reserved.v1 ch_old']);
  const [suspense] = await books.balances.balances('suspense:alder:usd');
  expect(suspense).toMatchObject({ creditsPostedMinor: 900, debitsPostedMinor: 900 });
  expect(
    await test.database.query(statement('test.older', `SELECT compensated_by FROM hold WHERE charge_id = 'ch_1'`)),
  ).toEqual([{ compensated_by: 'alder_3' }]);
  await test.drop();
}, 30_000);
