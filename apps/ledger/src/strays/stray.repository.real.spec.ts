import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bank } from '#contracts';
import { usd } from '#money';
import { assertIndexProbes, statement } from '#postgres';
import { TestBooks } from '../../test/books.js';
import { account, approved, chargeId } from '../../test/charge.js';
import { StrayRepository, saveStraysStatement } from './stray.repository.js';
import { strayMoves, undoneMoves, type Stray } from './stray.js';

let books: TestBooks;
beforeEach(async () => {
  books = await TestBooks.open();
});
afterEach(() => books.test.drop());

const stray: Stray = { bank: 'cedar', bankId: 'cedar_7', movement: 'capture', amount: usd(900) };
const because = { cause: 'difference', now: 0 };
/** Writes a stray as the reconciliation job does. */
const find = () => new StrayRepository().write(books.test.database, [{ chargeId, moves: strayMoves(stray, because) }]);
const reversed = () => books.run(bank.strayReversed({ ...stray, chargeId, account, reversalBankId: 'cedar_8' }));
const suspended = async (): Promise<number> => {
  const [suspense] = await books.balances.balances('suspense:cedar:usd');
  return suspense ? suspense.creditsPostedMinor - suspense.debitsPostedMinor : 0;
};
const bankIds = async (): Promise<unknown[]> =>
  (await books.test.database.query(statement('test.strays', 'SELECT bank_id FROM transfer ORDER BY bank_id'))).map(
    (row) => row['bank_id'],
  );

describe('a stray', () => {
  it('is in suspense until it is reversed', async () => {
    await find();
    expect(await suspended()).toBe(900);
    await find();
    expect(await suspended()).toBe(900);
    await reversed();
    expect(await suspended()).toBe(0);
    expect(await bankIds()).toEqual(['cedar_7', 'cedar_8']);
  });

  it('sums to zero when it is found after its reversal, and when both happen concurrently', async () => {
    await reversed();
    await find();
    expect(await suspended()).toBe(0);
    await Promise.all([find(), reversed(), find()]);
    expect(await suspended()).toBe(0);
    expect(await bankIds()).toEqual(['cedar_7', 'cedar_8']);
  });

  it('sums to zero when both happen concurrently with new accounts', async () => {
    await Promise.all([find(), find(), reversed(), find()]);
    expect(await suspended()).toBe(0);
    expect(await bankIds()).toEqual(['cedar_7', 'cedar_8']);
  });

  it('is written by index', async () => {
    await expect(
      assertIndexProbes({
        session: { url: books.test.administratorUrl, database: books.test.name },
        statements: [saveStraysStatement],
        tables: ['transfer', 'account'],
        grow: async () => {
          await books.run(
            ...Array.from({ length: 1500 }, (_, n) => approved({ chargeId: `ch_${n}`, account: `acct_${n}` })),
          );
        },
      }),
    ).resolves.toBeUndefined();
  }, 30_000);

  it('is reversed with swapped sides', () => {
    const [move] = strayMoves({ ...stray, movement: 'refund' }, because);
    const [undone] = undoneMoves({ ...stray, movement: 'refund' }, 'cedar_8', because);
    expect([undone!.debit, undone!.credit]).toEqual([move!.credit, move!.debit]);
  });
});
