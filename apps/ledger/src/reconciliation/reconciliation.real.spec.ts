import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bank, views } from '#contracts';
import { usd } from '#money';
import { assertIndexProbes, entitiesOver, statement } from '#postgres';
import { olderTransactionsEnded } from '#testing';
import { account, approved, captured, voided } from '../../test/charge.js';
import { ReconciledBooks } from '../../test/reconciled-books.js';
import { entry, page } from '../../test/statement.js';
import { comparisonStatements, compareTransfersStatement, suspectsStatement } from './comparison.repository.js';
import { entities } from '../entities.js';
import { DifferenceViewRepository } from './difference-view.repository.js';
import { DifferenceEntity } from './tables/difference.entity.js';
import { disagreements } from './state-of-the-books.js';
import { StateOfTheBooksRepository } from './state-of-the-books.repository.js';
import { contradictionsStatement, saveStatementsStatement } from './statement.repository.js';

let reconciled: ReconciledBooks;
beforeEach(async () => {
  reconciled = await ReconciledBooks.open();
});
afterEach(() => reconciled.drop());

/** A charge at cedar in the books, and in its statement as entries `seq` and `seq + 1`. */
const inBooks = (chargeId: string, seq: number) => [
  approved({ chargeId, bank: 'cedar', bankAuthorizationId: `cedar_${seq}` }),
  captured({ chargeId, bank: 'cedar', bankCaptureId: `cedar_${seq + 1}` }),
];
const inStatement = (chargeId: string, seq: number) => [
  entry(seq, { chargeId }),
  entry(seq + 1, { chargeId, kind: 'capture', of: `cedar_${seq}` }),
];
const publish = (after: number, entries: ReturnType<typeof entry>[], askedAt = reconciled.now()) =>
  reconciled.publish(page(after, after + entries.length, { entries, askedAt }));
const suspects = async (): Promise<string[]> =>
  (await reconciled.sql('suspects', 'SELECT charge_id FROM suspect ORDER BY 1')).map((row) => String(row['charge_id']));
/** Two runs: transfers are compared in the run after their horizon was drawn. */
const reconcile = async (): Promise<void> => {
  await reconciled.reconcile();
  await reconciled.reconcile();
};

describe('a suspect that cannot be compared', () => {
  it('blocks no other', async () => {
    const ids = ['ch_1', 'ch_2', 'ch_3', 'ch_4', 'ch_5'];
    // Only in the statement, so that each is a suspect.
    await publish(
      0,
      ids.map((chargeId, place) => entry(place + 1, { chargeId })),
    );
    const { repository } = reconciled;
    const look = repository.suspects.bind(repository);
    repository.suspects = (tx, which) =>
      which.some(({ chargeId }) => chargeId === 'ch_2') ? Promise.reject(new Error('no such value')) : look(tx, which);
    await expect(reconcile()).rejects.toThrow('cedar ch_2 fails: no such value');
    const found = await reconciled.sql('found', 'SELECT charge_id FROM difference ORDER BY 1');
    expect(found.map((row) => row['charge_id'])).toEqual(ids.filter((id) => id !== 'ch_2'));
  });
});

describe('statements in their tables', () => {
  it('grow page by page, in one batch or in several, and store when the bank was last read', async () => {
    await reconciled.publish(page(0, 2, { isLast: false, askedAt: 1_000 }), page(2, 3, { askedAt: 2_000 }));
    await reconciled.publish(page(3, 3, { askedAt: 3_000 }));
    expect(await reconciled.repository.positions()).toMatchObject([
      { bank: 'cedar', through: 3, completeAt: 3_000, missingUntil: null },
    ]);
    expect(await reconciled.sql('entries', 'SELECT seq FROM statement_entry ORDER BY seq')).toEqual([
      { seq: 1 },
      { seq: 2 },
      { seq: 3 },
    ]);
  });

  it('accept repeated entries, and reject a changed one', async () => {
    await reconciled.publish(page(0, 2));
    await reconciled.publish(page(0, 3, { askedAt: 1 }));
    const other = page(1, 3, { askedAt: 2, entries: [entry(2), entry(3, { amountMinor: 901 })] });
    await expect(reconciled.publish(other)).rejects.toThrow('cedar says something else of its entry 3 than before');
  });

  it('wait for missing pages, and go on when they arrive', async () => {
    await reconciled.publish(page(2, 4, { askedAt: 1 }));
    expect(await reconciled.repository.positions()).toMatchObject([{ through: 0, completeAt: null, missingUntil: 2 }]);
    await reconciled.publish(page(0, 4, { askedAt: 2 }));
    expect(await reconciled.repository.positions()).toMatchObject([{ through: 4, completeAt: 2, missingUntil: null }]);
  });
});

describe('bank and books, compared', () => {
  it('clear ordinary charges without a detailed comparison, each entry and transfer once', async () => {
    await reconciled.books.run(...inBooks('ch_1', 1), ...inBooks('ch_2', 3));
    await publish(0, [...inStatement('ch_1', 1), ...inStatement('ch_2', 3)]);
    await reconcile();
    await reconcile();
    expect(await suspects()).toEqual([]);
    expect(await reconciled.open()).toEqual([]);
    expect(reconciled.compared).toEqual({ entries: 4, transfers: 4 });
  });

  it('differ about a stray until it is reversed on both sides, and emit it again meanwhile', async () => {
    await reconciled.books.run(...inBooks('ch_1', 1));
    const stray = entry(3, { chargeId: 'ch_1', kind: 'capture', of: 'cedar_1', reference: 'ch_1.capture.cedar' });
    await publish(0, [...inStatement('ch_1', 1), stray]);
    await reconcile();
    const id = 'cedar.cedar_3.unknown_to_ledger';
    expect(await reconciled.open()).toEqual([id]);
    expect(await reconciled.told()).toEqual([
      {
        differenceId: id,
        kind: 'unknown_to_ledger',
        bank: 'cedar',
        movement: 'capture',
        chargeId: 'ch_1',
        account,
        bankId: 'cedar_3',
        reference: 'ch_1.capture.cedar',
        amount: usd(900),
      },
    ]);
    await reconciled.hurry();
    await reconcile();
    expect((await reconciled.told()).map(({ repetition }) => repetition)).toEqual([undefined, 1]);

    await publish(3, [entry(4, { chargeId: 'ch_1', kind: 'reversal', reverses: 'cedar_3' })]);
    const undone = { chargeId: 'ch_1', account, bank: 'cedar', bankId: 'cedar_3', amount: usd(900) } as const;
    await reconciled.books.run(bank.strayReversed({ ...undone, movement: 'capture', reversalBankId: 'cedar_4' }));
    await publish(4, []);
    await reconcile();
    await reconciled.hurry();
    await reconcile();
    expect(await reconciled.open()).toEqual([]);
    expect(await reconciled.repository.differences(60_000)).toMatchObject([{ id, resolution: 'undone_at_bank' }]);
    const rows = (await entitiesOver(reconciled.books.test.database, entities)).getRepository(DifferenceEntity);
    const differences = new DifferenceViewRepository(rows);
    const [found, ...others] = await differences.ofCharge('ch_1');
    expect(views.differenceView.parse(found)).toEqual(found);
    expect(found).toMatchObject({ id, amount: usd(900), bankId: 'cedar_3', resolution: 'undone_at_bank' });
    expect(others).toEqual([]);
    expect(await differences.ofCharge('ch_2')).toEqual([]);
    expect(await suspects()).toEqual([]);
  });

  it('find no difference within the grace period', async () => {
    await publish(0, inStatement('ch_1', 1));
    await reconciled.reconcile(60_000);
    expect(await suspects()).toEqual([]);
    expect((await reconciled.repository.positions())[0]).toMatchObject({ through: 2, comparedThrough: 0 });
    await reconciled.books.run(...inBooks('ch_1', 1));
    await reconcile();
    expect(await reconciled.told()).toEqual([]);
  });

  it('resolve a difference when the books catch up', async () => {
    await publish(0, inStatement('ch_1', 1));
    await reconcile();
    // The authorization was captured, so only the capture is compared.
    expect(await reconciled.open()).toEqual(['cedar.cedar_2.unknown_to_ledger']);
    await reconciled.books.run(...inBooks('ch_1', 1));
    await reconciled.hurry();
    await reconcile();
    expect(await reconciled.repository.differences(60_000)).toMatchObject([{ resolution: 'booked' }]);
  });

  it('differ about a transfer without an entry, once the statement was read after it', async () => {
    await reconciled.books.run(...inBooks('ch_1', 1));
    await publish(0, inStatement('ch_1', 1));
    await reconciled.sql('plant', plantedTransfer);
    await reconcile();
    await reconcile();
    expect(await suspects()).toEqual(['ch_1']);
    expect(await reconciled.open()).toEqual([]);
    await publish(2, []);
    await reconciled.hurry();
    await reconcile();
    expect(await reconciled.open()).toEqual(['cedar.ghost_1.unknown_to_bank']);
    expect(await reconciled.told()).toMatchObject([{ kind: 'unknown_to_bank', bankId: null, chargeId: 'ch_1' }]);
  });

  it('differ about amounts, and about movements that only the bank undid', async () => {
    await reconciled.books.run(...inBooks('ch_1', 1), ...inBooks('ch_2', 3), ...inBooks('ch_3', 5));
    const wrong = entry(2, { chargeId: 'ch_1', kind: 'capture', of: 'cedar_1', amountMinor: 901 });
    await publish(0, [entry(1, { chargeId: 'ch_1' }), wrong, ...inStatement('ch_2', 3), ...inStatement('ch_3', 5)]);
    await publish(6, [entry(7, { chargeId: 'ch_2', kind: 'reversal', reverses: 'cedar_4' })]);
    await reconcile();
    expect(await reconciled.open()).toEqual(['cedar.cedar_2.amount_differs', 'cedar.cedar_4.undone_at_bank']);
  });

  it('differ about a hold that only the books have released', async () => {
    await reconciled.books.run(approved({ bank: 'cedar', bankAuthorizationId: 'cedar_1' }));
    await reconciled.books.run(voided({ bank: 'cedar', cause: 'canceled' }));
    await publish(0, [entry(1)]);
    await reconcile();
    await publish(1, []);
    await reconciled.hurry();
    await reconcile();
    expect(await reconciled.open()).toEqual(['cedar.cedar_1.unknown_to_ledger']);
    await publish(1, [entry(2, { kind: 'void', of: 'cedar_1' })]);
    await reconcile();
    expect(await reconciled.open()).toEqual([]);
  });

  it('never skip the transfers of a slow transaction', async () => {
    const { database } = reconciled.books.test;
    await reconciled.books.run(...inBooks('ch_1', 1));
    const mayCommit = Promise.withResolvers<void>();
    const hasWritten = Promise.withResolvers<void>();
    const slow = database.transaction(async (tx) => {
      await tx.query(statement('test.reconciled.slow', plantedTransfer));
      hasWritten.resolve();
      await mayCommit.promise;
    });
    await hasWritten.promise;
    await reconciled.books.run(...inBooks('ch_2', 3));
    await publish(0, [...inStatement('ch_1', 1), ...inStatement('ch_2', 3)]);
    for (let run = 1; run <= 4; run++) await reconciled.reconcileBesideOthers();
    mayCommit.resolve();
    await slow;
    await reconcile();
    await publish(4, []);
    await reconciled.hurry();
    await reconcile();
    expect(await reconciled.open()).toEqual(['cedar.ghost_1.unknown_to_bank']);
    expect(reconciled.compared.transfers).toBe(5);
  });

  it('are compared by one leader at a time, also when several believe that they lead', async () => {
    await publish(0, inStatement('ch_1', 1));
    await Promise.all([reconciled.reconcile(), reconciled.reconcile(), reconciled.reconcile()]);
    expect(await reconciled.told()).toHaveLength(1);
    expect(reconciled.compared.entries).toBe(2);
  });

  it('go on after an outage in bounded pages', async () => {
    const charges = Array.from({ length: 300 }, (_, n) => ({ chargeId: `ch_${n}`, seq: 2 * n + 1 }));
    await reconciled.books.run(...charges.flatMap(({ chargeId, seq }) => inBooks(chargeId, seq)));
    await publish(
      0,
      charges.flatMap(({ chargeId, seq }) => inStatement(chargeId, seq)),
    );
    const { repository } = reconciled;
    const { database } = reconciled.books.test;
    await olderTransactionsEnded(database);
    await database.transaction((tx) => repository.drawHorizon(tx));
    const seen: number[] = [];
    for (let more = true; more;) {
      more = await database.transaction(async (tx) => {
        const { read, compared } = await repository.compareTransfers(tx, 0, 100);
        const entries = await repository.compareEntries(tx, 0, 100);
        seen.push(compared + (entries[0]?.compared ?? 0));
        return read > 0 || entries.length > 0;
      });
    }
    expect(seen.reduce((sum, count) => sum + count)).toBe(1_200);
    expect(await suspects()).toEqual([]);
  });
});

describe('the state of the books', () => {
  const state = () => new StateOfTheBooksRepository(reconciled.books.test.database).read();

  it('sums both sides, and explains their difference', async () => {
    await reconciled.books.run(...inBooks('ch_1', 1), ...inBooks('ch_2', 3), ...inBooks('ch_3', 90));
    const stray = entry(5, { chargeId: 'ch_1', kind: 'capture', of: 'cedar_1', amountMinor: 700 });
    const undone = entry(6, { chargeId: 'ch_2', kind: 'capture', of: 'cedar_3', amountMinor: 300 });
    const reversal = entry(7, { chargeId: 'ch_2', kind: 'reversal', reverses: 'cedar_6', amountMinor: 300 });
    await publish(0, [...inStatement('ch_1', 1), ...inStatement('ch_2', 3), stray, undone, reversal]);
    const sums = { bank: 'cedar', currency: 'usd', booksMinor: 2_700, statementMinor: 2_500 };
    // Nothing was compared yet, so all of it counts as under way.
    expect((await state()).banks).toEqual([{ ...sums, underWayMinor: 200, differencesMinor: 0 }]);
    await reconcile();
    const compared = await state();
    expect(compared.banks).toEqual([{ ...sums, underWayMinor: 900, differencesMinor: -700 }]);
    expect(compared.currencies).toEqual([{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }]);
    expect(disagreements(compared)).toEqual([expect.stringMatching(/^1 open difference, the oldest of \d+ s$/)]);
  });

  it('shows an unexplained sum: the comparison missed something', async () => {
    await reconciled.books.run(...inBooks('ch_1', 1));
    await publish(0, inStatement('ch_1', 1));
    await reconcile();
    expect(disagreements(await state())).toEqual([]);
    await reconciled.sql('lose', `DELETE FROM statement_entry WHERE seq = 2`);
    expect(disagreements(await state())).toEqual([
      'cedar: books and statement differ by 9.00 usd that no charge explains',
    ]);
  });
});

describe('every statement of the comparison', () => {
  it('probes by index, with any length of history', async () => {
    const empty = await ReconciledBooks.open();
    await expect(
      assertIndexProbes({
        session: { url: empty.books.test.administratorUrl, database: empty.books.test.name },
        statements: [...comparisonStatements, saveStatementsStatement, contradictionsStatement],
        tables: ['transfer', 'statement_entry', 'suspect', 'difference', 'comparison_horizon'],
        grow: () => grow(empty),
      }),
    ).resolves.toBeUndefined();
    await empty.drop();
  }, 60_000);
});

describe('the entries of a charge in a statement', () => {
  it('are found by the charge, never by scanning all entries of its bank', async () => {
    for (const { name, text } of [compareTransfersStatement, suspectsStatement]) {
      const plan = await reconciled.books.test.database.transaction(async (tx) => {
        await tx.query(statement(`test.prepare.${name}`, `PREPARE probe AS ${text}`));
        const nulls = text.includes('$2') ? 'NULL, NULL' : 'NULL';
        const explained = await tx.query(statement(`test.explain.${name}`, `EXPLAIN EXECUTE probe (${nulls})`));
        await tx.query(statement('test.deallocate', 'DEALLOCATE probe'));
        return explained.map((row) => row['QUERY PLAN']).join('\n');
      });
      expect(plan).toMatch(/statement_entry_charge/);
      expect(plan).not.toMatch(/statement_entry_pkey/);
    }
  });
});

const plantedTransfer = `INSERT INTO transfer
  (charge_id, effect, kind, debit_account, credit_account, amount_minor, currency, cause, posted_at, bank_id)
  VALUES ('ch_1', 'stray:ghost_1', 'single', 'bank_receivable:cedar:usd', 'merchant:acct_1:usd', 1, 'usd', 'by hand',
          now(), 'ghost_1')`;

async function grow(empty: ReconciledBooks): Promise<void> {
  const charges = Array.from({ length: 600 }, (_, n) => ({ chargeId: `ch_${n}`, seq: 2 * n + 1 }));
  await empty.books.run(...charges.flatMap(({ chargeId, seq }) => inBooks(chargeId, seq)));
  await empty.publish(page(0, 1_200, { entries: charges.flatMap(({ chargeId, seq }) => inStatement(chargeId, seq)) }));
  await empty.sql(
    'grow_suspects',
    `INSERT INTO suspect (bank, charge_id) SELECT 'cedar', 'ch_' || n FROM generate_series(1, 2000) n`,
  );
  await empty.sql(
    'grow_horizons',
    `INSERT INTO comparison_horizon (xact, at)
     SELECT n::text::xid8, now() - (5000 - n) * interval '1 s' FROM generate_series(1, 2000) n`,
  );
  await empty.sql(
    'grow_differences',
    `INSERT INTO difference (id, kind, bank, movement, charge_id, account, bank_id, amount_minor, currency, say_at)
     SELECT 'd' || n, 'unknown_to_ledger', 'cedar', 'capture', 'ch_' || n, '', 'b' || n, 1, 'usd', now()
     FROM generate_series(1, 2000) n`,
  );
}
