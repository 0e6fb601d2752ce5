import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { assertIndexProbes, statement } from '#postgres';
import { notEmpty } from '#testing';
import { TestBooks } from '../../test/books.js';
import { approved, captured, voided } from '../../test/charge.js';
import { onLanes } from '../../test/lanes.js';
import { failed, requested, succeeded } from '../../test/refund.js';
import {
  capturedStatement,
  loadRefundsStatement,
  lockMerchantsStatement,
  refundedStatement,
  saveRefundsStatement,
  spendableStatement,
} from './refund.repository.js';

let books: TestBooks;
beforeEach(async () => {
  books = await TestBooks.open({ REFUND_OVERDRAFT_MINOR: 1_000 });
}, 30_000);
afterEach(() => books.test.drop());

const sql = (name: string, text: string) => books.test.administrator.query(statement(`test.refunds.${name}`, text));
const refundStates = async (): Promise<Record<string, string>> => {
  const rows = await sql('states', 'SELECT refund_id, state FROM refund ORDER BY refund_id');
  return Object.fromEntries(rows.map((row) => [row['refund_id'], row['state']]));
};
const countOf = async (wanted: string): Promise<number> =>
  Object.values(await refundStates()).filter((state) => state === wanted).length;
const merchantAccount = async (account = 'acct_1') => (await books.balances.balances(`merchant:${account}:usd`))[0]!;
const posted = (chargeId: string, account = 'acct_1', amountMinor = 900) => [
  approved({ chargeId, account, amount: usd(amountMinor) }),
  captured({ chargeId, account, amount: usd(amountMinor) }),
];
/** Opens connections, or concurrent batches would run one after another. */
const connect = (count: number) =>
  Promise.all(Array.from({ length: count }, () => sql('connect', 'SELECT pg_sleep(0.1)')));

describe('refunds in their tables', () => {
  it('go from request to posting or release, in one batch or in several', async () => {
    await books.run(...posted('ch_1'), ...posted('ch_2'));
    await books.run(
      requested({ refundId: 're_1' }),
      requested({ refundId: 're_2', chargeId: 'ch_2' }),
      requested({ refundId: 're_3', amount: usd(501) }),
      succeeded({ refundId: 're_1' }),
    );
    await books.run(failed({ refundId: 're_2', chargeId: 'ch_2' }), requested({ refundId: 're_4', chargeId: 'ch_9' }));
    expect(await refundStates()).toEqual({ re_1: 'posted', re_2: 'released', re_3: 'refused', re_4: 'refused' });
    expect((await books.emitted()).slice(4)).toEqual([
      'ledger.refund_reserved.v1 ch_1',
      'ledger.refund_reserved.v1 ch_2',
      'ledger.refund_refused.v1 ch_1',
      'ledger.refund_posted.v1 ch_1',
      'ledger.refund_released.v1 ch_2',
      'ledger.refund_refused.v1 ch_9',
    ]);
    expect(await merchantAccount()).toMatchObject({
      creditsPostedMinor: 1800,
      debitsPostedMinor: 2 * 56 + 400,
      debitsPendingMinor: 0,
    });
    expect(
      await sql('bank_ids', 'SELECT effect, bank_id FROM transfer WHERE bank_id IS NOT NULL ORDER BY 1, 2'),
    ).toEqual([
      ...['ch_1', 'ch_2'].map(() => ({ effect: 'capture', bank_id: 'alder_2' })),
      ...['ch_1', 'ch_2'].map(() => ({ effect: 'hold', bank_id: 'alder_1' })),
      { effect: 'refund:re_1', bank_id: 'alder_9' },
    ]);
  });

  it('are decided once under redeliveries', async () => {
    await books.run(...posted('ch_1'));
    await books.run(requested(), succeeded());
    const outcomes = await books.run(requested(), succeeded(), requested());
    expect(outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await merchantAccount()).toMatchObject({ debitsPostedMinor: 456 });
  });

  it('are posted once when the bank’s answer overtakes the request, and both are decided concurrently', async () => {
    const refundOf = (n: number) => ({ refundId: `re_${n}`, chargeId: `ch_${n}` });
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    await books.run(...numbers.flatMap((n) => posted(`ch_${n}`)));
    await connect(10);
    const both = numbers.flatMap((n) => [succeeded(refundOf(n)), requested(refundOf(n))]);
    await onLanes(10, both, (event) => books.run(event));
    expect(await countOf('posted')).toBe(10);
    expect(await merchantAccount()).toMatchObject({ debitsPostedMinor: 10 * (56 + 400), debitsPendingMinor: 0 });
  });

  it('change no account without postings', async () => {
    await books.run(approved({ capture: 'manual' }), requested({ refundId: 're_1' }), voided({ cause: 'canceled' }));
    expect(await refundStates()).toEqual({ re_1: 'refused' });
  });
});

describe('the captured sum', () => {
  it('is never exceeded by refunds of one batch', async () => {
    await books.run(...posted('ch_1'));
    await books.run(...Array.from({ length: 5 }, (_, n) => requested({ refundId: `re_${n}` })));
    expect(await countOf('reserved')).toBe(2);
    expect(await countOf('refused')).toBe(3);
  });

  it('is never exceeded by concurrent batches', async () => {
    await books.run(...posted('ch_1'), ...posted('ch_2', 'acct_2'));
    await connect(10);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        books.run(
          requested({ refundId: `re_${n}`, amount: usd(100 + n) }),
          // Reversed in every other batch: locks must be taken in one order anyway.
          ...[
            requested({ refundId: `re_${n}a` }),
            requested({ refundId: `re_${n}b`, chargeId: 'ch_2', account: 'acct_2' }),
          ]
            .slice()
            .sort(() => (n % 2 === 0 ? 1 : -1)),
        ),
      ),
    );
    const sums = await sql(
      'sums',
      `SELECT charge_id, sum(amount_minor)::int8 AS refunded_minor FROM refund WHERE state = 'reserved' GROUP BY 1 ORDER BY 1`,
    );
    expect(sums).toHaveLength(2);
    for (const { refunded_minor: minor } of notEmpty(sums)) expect(minor).toBeLessThanOrEqual(900);
    expect(sums[1]).toEqual({ charge_id: 'ch_2', refunded_minor: 800 });
  });

  it('is free again after a refusal by the bank', async () => {
    await books.run(...posted('ch_1'));
    await books.run(requested({ refundId: 're_1', amount: usd(900) }));
    await books.run(
      requested({ refundId: 're_2' }),
      failed({ refundId: 're_1', amount: usd(900) }),
      requested({ refundId: 're_3' }),
    );
    expect(await refundStates()).toEqual({ re_1: 'released', re_2: 'refused', re_3: 'reserved' });
  });
});

describe('a merchant’s balance', () => {
  // After one charge of 9.00 the balance is 8.44; refunds may take it to -10.00.
  it('goes down to the overdraft, whether rolled up or not, including pending refunds', async () => {
    await books.run(...posted('ch_1'), ...posted('ch_2'), ...posted('ch_3', 'acct_2', 9_000));
    await books.run(requested({ refundId: 're_1', amount: usd(900) }));
    await books.balances.rollUp();
    await books.run(
      requested({ refundId: 're_2', chargeId: 'ch_2', amount: usd(900) }),
      succeeded({ refundId: 're_2', chargeId: 'ch_2', amount: usd(900) }),
    );
    // The balance is -1.12: the fees. Another merchant's money does not count.
    await books.run(...posted('ch_4'), ...posted('ch_5'));
    await books.limits.overdraft('acct_1', 'usd', 4 * 56);
    await books.run(requested({ refundId: 're_3', chargeId: 'ch_4', amount: usd(900) }));
    await books.limits.overdraft('acct_1', 'usd', 4 * 56 - 1);
    await books.run(requested({ refundId: 're_4', chargeId: 'ch_5', amount: usd(900) }));
    expect(await refundStates()).toEqual({ re_1: 'reserved', re_2: 'posted', re_3: 'reserved', re_4: 'refused' });
  });

  it('has an overdraft per account, set by an operator', async () => {
    const { limits, test } = books;
    await books.run(...posted('ch_1'), ...posted('ch_2', 'acct_2'));
    const whole = [
      (n: number) => requested({ refundId: `re_${n}a`, amount: usd(900) }),
      (n: number) => requested({ refundId: `re_${n}b`, chargeId: 'ch_2', account: 'acct_2', amount: usd(900) }),
    ];
    await limits.overdraft('acct_1', 'usd', 55);
    await limits.overdraft('acct_2', 'eur', 0);
    await books.run(...whole.map((refund) => refund(1)));
    expect(await refundStates()).toEqual({ re_1a: 'refused', re_1b: 'reserved' });
    await limits.overdraft('acct_1', 'usd', 56);
    await books.run(whole[0]!(2));
    expect(await refundStates()).toMatchObject({ re_2a: 'reserved' });
    await limits.overdraft('acct_1', 'usd', null);
    expect(await limits.inUse(test.administrator, 'acct_1')).toMatchObject({ refundOverdraftMinor: {} });
  });

  it('is never exceeded by concurrent batches, beside the roll-up', async () => {
    const charges = Array.from({ length: 40 }, (_, n) => `ch_${n}`);
    await books.run(...charges.flatMap((chargeId) => posted(chargeId)));
    // 40 x 8.44 = 337.60, and 10.00 below: 38 refunds of 9.00 are 342.00, a 39th would make it 351.00.
    await connect(10);
    await Promise.all([
      onLanes(8, charges, (chargeId) =>
        books.run(requested({ refundId: `re_${chargeId.slice(3)}`, chargeId, amount: usd(900) })),
      ),
      onLanes(1, charges, () => books.balances.rollUp()),
    ]);
    expect(await countOf('reserved')).toBe(38);
    const { creditsPostedMinor, debitsPostedMinor, debitsPendingMinor } = await merchantAccount();
    expect(creditsPostedMinor - debitsPostedMinor - debitsPendingMinor).toBe(40 * 844 - 38 * 900);
    await books.balances.rollUp();
    expect(await books.balances.miscounted()).toEqual([]);
  });

  it('locks only its own merchant', async () => {
    await books.run(...posted('ch_1'), ...posted('ch_2', 'acct_2'));
    await books.test.database.transaction(async (tx) => {
      await tx.query(lockMerchantsStatement, [['merchant:acct_2:usd']]);
      await books.run(requested(), ...posted('ch_3', 'acct_2'));
      await books.run(succeeded());
    });
    expect(await refundStates()).toEqual({ re_1: 'posted' });
  });
});

describe('the database itself', () => {
  const transfer = (values: string) => ({
    name: '',
    text: `INSERT INTO transfer (charge_id, effect, kind, resolves, debit_account, credit_account, amount_minor,
                                 currency, cause, posted_at) VALUES (${values}, 'by hand', now())`,
  });
  const back = `'merchant:acct_1:usd', 'bank_receivable:alder:usd'`;
  const hold = (refundId: string, amountMinor: number) =>
    transfer(`'ch_1', 'refund_hold:${refundId}', 'pending', NULL, ${back}, ${amountMinor}, 'usd'`);

  beforeEach(async () => {
    await books.run(...posted('ch_1'), approved({ chargeId: 'ch_2' }));
    await books.run(requested());
  });

  it.each([
    ['refunds that exceed what was captured', hold('re_x', 501), 'exceed what was captured'],
    [
      'a refund of what was not captured',
      transfer(`'ch_2', 'refund_hold:re_x', 'pending', NULL, ${back}, 1, 'usd'`),
      'exceed what was captured',
    ],
    ['a second reservation', hold('re_1', 1), 'transfer_pkey'],
    [
      'a refund that was not reserved',
      transfer(`'ch_1', 'refund:re_x', 'single', NULL, ${back}, 1, 'usd'`),
      'no step of a refund',
    ],
    [
      'the posting of another refund',
      transfer(`'ch_1', 'refund:re_x', 'post', 'refund_hold:re_1', ${back}, 400, 'usd'`),
      'no step of a refund',
    ],
    [
      'more than was reserved',
      transfer(`'ch_1', 'refund:re_1', 'post', 'refund_hold:re_1', ${back}, 401, 'usd'`),
      'does not fit',
    ],
  ])('rejects %s', async (_, insert, reason) => {
    await expect(books.test.administrator.query(insert)).rejects.toThrow(reason);
  });

  it('resolves a refund once', async () => {
    await books.run(succeeded());
    const release = transfer(`'ch_1', 'refund_release:re_1', 'void', 'refund_hold:re_1', ${back}, 400, 'usd'`);
    await expect(books.test.administrator.query(release)).rejects.toThrow('transfer_resolved_once');
  });

  it('rejects refunds above the captured sum from two connections at once, with any locks', async () => {
    const { database } = books.test;
    await connect(5);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        database.transaction(async (tx) => {
          await tx.query(hold(`re_x${n}`, 250));
          await tx.query(statement('test.refunds.pause', 'SELECT pg_sleep(0.05)'));
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  it('reaches every growing table by index', async () => {
    const { administratorUrl: url } = books.test;
    const empty = await TestBooks.open();
    await expect(
      assertIndexProbes({
        session: { url, database: empty.test.name },
        statements: [
          loadRefundsStatement,
          lockMerchantsStatement,
          capturedStatement,
          refundedStatement,
          spendableStatement,
          saveRefundsStatement,
        ],
        tables: ['refund', 'hold', 'transfer', 'account', 'account_limit', 'balance_rollup'],
        grow: () => grow(empty),
      }),
    ).resolves.toBeUndefined();
    await empty.test.drop();
  }, 30_000);
});

async function grow(empty: TestBooks): Promise<void> {
  for (let batch = 0; batch < 4; batch++) {
    const charges = Array.from({ length: 300 }, (_, n) => ({
      chargeId: `ch_${batch}_${n}`,
      account: `acct_${batch}_${n}`,
    }));
    await empty.run(...charges.flatMap(({ chargeId, account }) => posted(chargeId, account)));
    await empty.run(
      ...charges.map(({ chargeId, account }) => requested({ refundId: `re_${chargeId.slice(3)}`, chargeId, account })),
    );
  }
  await empty.balances.rollUp();
  await empty.test.administrator.query(
    statement(
      'test.refunds.grow_limits',
      `INSERT INTO account_limit (account) SELECT 'acct_' || n FROM generate_series(1, 5000) AS n`,
    ),
  );
}
