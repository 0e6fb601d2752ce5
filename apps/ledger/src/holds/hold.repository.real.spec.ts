import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { assertIndexProbes, statement } from '#postgres';
import { TestBooks } from '../../test/books.js';
import { approved, captured, compensated, voided } from '../../test/charge.js';
import { limitsStatement, lockLimitsStatement, openHoldsStatement } from '../accounts/account-limits.repository.js';
import { loadHoldsStatement, openAccountsStatement, saveHoldsStatement } from './hold.repository.js';

let books: TestBooks;
beforeEach(async () => {
  books = await TestBooks.open();
});
afterEach(() => books.test.drop());

const sql = (name: string, text: string) => books.test.administrator.query(statement(`test.${name}`, text));
const holdsByCharge = async (): Promise<Record<string, string>> => {
  const rows = await sql('states', 'SELECT charge_id, state FROM hold ORDER BY charge_id');
  return Object.fromEntries(rows.map((row) => [row['charge_id'], row['state']]));
};

describe('holds in their tables', () => {
  it('go from approval to posting in one batch or in several', async () => {
    await books.run(approved({ chargeId: 'ch_1' }), captured({ chargeId: 'ch_1' }), approved({ chargeId: 'ch_2' }));
    await books.run(captured({ chargeId: 'ch_2' }), approved({ chargeId: 'ch_3' }));
    await books.run(voided({ chargeId: 'ch_3', cause: 'capture_failed', refusalCode: 'expired_card' }));
    expect(await holdsByCharge()).toEqual({ ch_1: 'posted', ch_2: 'posted', ch_3: 'released' });
    expect(await books.emitted()).toEqual([
      'ledger.hold_placed.v1 ch_1',
      'ledger.charge_posted.v1 ch_1',
      'ledger.hold_placed.v1 ch_2',
      'ledger.charge_posted.v1 ch_2',
      'ledger.hold_placed.v1 ch_3',
      'ledger.charge_released.v1 ch_3',
    ]);
    const balances = await books.balances.balances();
    expect(balances).toContainEqual(
      expect.objectContaining({
        id: 'merchant:acct_1:usd',
        debitsPostedMinor: 112,
        creditsPostedMinor: 1800,
        creditsPendingMinor: 0,
      }),
    );
    expect(balances).toContainEqual(
      expect.objectContaining({ id: 'bank_receivable:alder:usd', debitsPostedMinor: 1800, debitsPendingMinor: 0 }),
    );
  });

  it('are settled once under redeliveries', async () => {
    await books.run(approved(), captured());
    const outcomes = await books.run(approved(), captured(), captured());
    expect(outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await sql('count', 'SELECT count(*)::int AS transfers FROM transfer')).toEqual([{ transfers: 3 }]);
  });

  it('keep a capture without a hold in suspense until its approval arrives', async () => {
    await books.run(captured());
    const suspense = async () => (await books.balances.balances('suspense:alder:usd'))[0];
    expect(await suspense()).toMatchObject({ debitsPostedMinor: 0, creditsPostedMinor: 900 });
    await books.run(approved());
    expect(await suspense()).toMatchObject({ debitsPostedMinor: 900, creditsPostedMinor: 900 });
    expect(await holdsByCharge()).toEqual({ ch_1: 'posted' });
  });
});

describe('manual captures and cancellations', () => {
  it('emit `charge_authorized`, and are captured in part or released', async () => {
    const manual = (chargeId: string) => approved({ chargeId, capture: 'manual' });
    await books.run(manual('ch_1'), manual('ch_2'), manual('ch_3'));
    await books.run(captured({ chargeId: 'ch_1', amount: usd(500) }), voided({ chargeId: 'ch_2', cause: 'canceled' }));
    await books.run(voided({ chargeId: 'ch_3', cause: 'expired' }));
    expect(await books.emitted()).toEqual([
      'ledger.charge_authorized.v1 ch_1',
      'ledger.charge_authorized.v1 ch_2',
      'ledger.charge_authorized.v1 ch_3',
      'ledger.charge_posted.v1 ch_1',
      'ledger.charge_released.v1 ch_2',
      'ledger.charge_released.v1 ch_3',
    ]);
    expect(await books.balances.balances('merchant:acct_1:usd')).toEqual([
      expect.objectContaining({ creditsPostedMinor: 500, creditsPendingMinor: 0, debitsPostedMinor: 45 }),
    ]);
  });
});

describe('a capture whose charge had ended', () => {
  it('is in suspense until the bank has refunded it, and its request is restated', async () => {
    const suspended = async (): Promise<number> => {
      const [suspense] = await books.balances.balances('suspense:alder:usd');
      return suspense!.creditsPostedMinor - suspense!.debitsPostedMinor;
    };
    await books.run(approved({ capture: 'manual' }), voided({ cause: 'canceled' }));
    await books.run(captured());
    expect(await suspended()).toBe(900);
    await books.runResent(captured());
    await books.run(compensated());
    expect(await suspended()).toBe(0);
    await books.runResent(captured());
    expect((await books.emitted()).slice(1)).toEqual([
      'ledger.charge_released.v1 ch_1',
      'ledger.capture_suspended.v1 ch_1',
      'ledger.charge_released.v1 ch_1',
      'ledger.capture_suspended.v1 ch_1',
      'ledger.charge_released.v1 ch_1',
    ]);
  });
});

describe('a cap on an account’s open holds', () => {
  it('counts open holds of the same batch and of earlier ones', async () => {
    await books.limits.cap('acct_1', 'usd', 2000);
    await books.run(approved({ chargeId: 'ch_1' }), approved({ chargeId: 'ch_2' }), approved({ chargeId: 'ch_3' }));
    expect(await holdsByCharge()).toEqual({ ch_1: 'pending', ch_2: 'pending', ch_3: 'refused' });
    await books.run(approved({ chargeId: 'ch_4' }), captured({ chargeId: 'ch_1' }), approved({ chargeId: 'ch_5' }));
    expect(await holdsByCharge()).toMatchObject({ ch_4: 'refused', ch_1: 'posted', ch_5: 'pending' });
  });

  it('holds under concurrent batches', async () => {
    await books.limits.cap('acct_1', 'usd', 2000);
    // Open the connections first, or the batches would run one after another.
    await Promise.all(Array.from({ length: 8 }, () => sql('connect', 'SELECT pg_sleep(0.1)')));
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        books.run(approved({ chargeId: `ch_${n}` }), approved({ chargeId: `ch_${n}b` })),
      ),
    );
    const states = Object.values(await holdsByCharge());
    expect(states.filter((state) => state === 'pending')).toHaveLength(2);
    expect(states.filter((state) => state === 'refused')).toHaveLength(14);
  });

  it('locks no row for accounts without a cap', async () => {
    await books.limits.cap('acct_2', 'usd', 2000);
    await books.test.database.transaction(async (tx) => {
      await tx.query(lockLimitsStatement, [['acct_2']]);
      await books.run(approved());
    });
    expect(await holdsByCharge()).toEqual({ ch_1: 'pending' });
  });

  it('is removed by an operator, who also freezes and thaws an account', async () => {
    const { limits } = books;
    await limits.cap('acct_1', 'usd', 0);
    await limits.freeze('acct_2', true);
    await books.run(approved({ chargeId: 'ch_1' }), approved({ chargeId: 'ch_2', account: 'acct_2' }));
    await limits.cap('acct_1', 'usd', null);
    await limits.freeze('acct_2', false);
    await books.run(approved({ chargeId: 'ch_3' }), approved({ chargeId: 'ch_4', account: 'acct_2' }));
    expect(await holdsByCharge()).toEqual({ ch_1: 'refused', ch_2: 'refused', ch_3: 'pending', ch_4: 'pending' });
  });
});

describe('the database itself', () => {
  const transfer = (values: string) => `
    INSERT INTO transfer (charge_id, effect, kind, resolves, debit_account, credit_account, amount_minor, currency, cause, posted_at)
    VALUES (${values}, 'by hand', now())`;
  const accounts = `'bank_receivable:alder:usd', 'merchant:acct_1:usd'`;

  beforeEach(() =>
    books.run(approved({ chargeId: 'ch_1' }), captured({ chargeId: 'ch_1' }), approved({ chargeId: 'ch_2' })),
  );

  it.each([
    ['an update of a transfer', 'UPDATE transfer SET amount_minor = 1', 'append-only'],
    ['a deletion of a transfer', 'DELETE FROM transfer', 'append-only'],
    ['a truncation of the transfers', 'TRUNCATE transfer', 'append-only'],
    ['an update of an account', `UPDATE account SET currency = 'eur'`, 'append-only'],
    [
      'a second resolution',
      transfer(`'ch_1', 'release', 'void', 'hold', ${accounts}, 900, 'usd'`),
      'transfer_resolved_once',
    ],
    ['the same effect twice', transfer(`'ch_1', 'fee', 'single', NULL, ${accounts}, 1, 'usd'`), 'transfer_pkey'],
    [
      'a post of more than was held',
      transfer(`'ch_2', 'capture', 'post', 'hold', ${accounts}, 901, 'usd'`),
      'does not fit',
    ],
    ['a void of a part', transfer(`'ch_2', 'release', 'void', 'hold', ${accounts}, 899, 'usd'`), 'does not fit'],
    ['a resolution of nothing', transfer(`'ch_9', 'release', 'void', 'hold', ${accounts}, 900, 'usd'`), 'does not fit'],
    [
      'a resolution of what was not pending',
      transfer(`'ch_1', 'x', 'post', 'fee', ${accounts}, 1, 'usd'`),
      'transfer_resolved_once|does not fit',
    ],
    ['a transfer between currencies', transfer(`'ch_2', 'x', 'single', NULL, ${accounts}, 1, 'eur'`), 'does not fit'],
    [
      'a transfer from nowhere',
      transfer(`'ch_2', 'x', 'single', NULL, 'fees:usd', 'fees:zzz', 1, 'usd'`),
      'does not fit',
    ],
    ['a transfer to itself', transfer(`'ch_2', 'x', 'single', NULL, 'fees:usd', 'fees:usd', 1, 'usd'`), 'check'],
    ['a transfer of nothing', transfer(`'ch_2', 'x', 'single', NULL, ${accounts}, 0, 'usd'`), 'check'],
  ])('rejects %s', async (_, text, reason) => {
    const { administrator } = books.test;
    await expect(administrator.query({ name: '', text })).rejects.toThrow(new RegExp(reason));
  });

  it('reaches every growing table by index', async () => {
    const { administratorUrl: url } = books.test;
    const empty = await TestBooks.open();
    await expect(
      assertIndexProbes({
        session: { url, database: empty.test.name },
        statements: [
          limitsStatement,
          lockLimitsStatement,
          openHoldsStatement,
          loadHoldsStatement,
          openAccountsStatement,
          saveHoldsStatement,
        ],
        tables: ['hold', 'transfer', 'account_limit'],
        grow: () => grow(empty),
      }),
    ).resolves.toBeUndefined();
    await empty.test.drop();
  });
});

async function grow(empty: TestBooks): Promise<void> {
  for (let batch = 0; batch < 4; batch++) {
    await empty.run(
      ...Array.from({ length: 500 }, (_, n) =>
        approved({ chargeId: `ch_${batch}_${n}`, account: `acct_${n}`, amount: usd(100 + n) }),
      ),
    );
  }
  await empty.test.administrator.query(
    statement(
      'test.grow_limits',
      `INSERT INTO account_limit (account) SELECT 'acct_' || n FROM generate_series(1, 5000) AS n`,
    ),
  );
}
