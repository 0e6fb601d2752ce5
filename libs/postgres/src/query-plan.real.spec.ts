import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '#testing';
import { assertIndexProbes } from './query-plan.js';
import { statement, type Statement } from './statement.js';

describe('assertIndexProbes', () => {
  let test: TestDatabase;

  beforeEach(async () => {
    test = await testDatabase('query_plan');
    await test.database.query(
      statement('plan.create', 'CREATE TABLE charge (id text PRIMARY KEY, state text NOT NULL, amount int8 NOT NULL)'),
    );
  });
  afterEach(() => test.drop());

  const grow = statement(
    'plan.grow',
    `INSERT INTO charge SELECT 'ch_' || n, 'open', n FROM generate_series(1, 20000) AS n`,
  );

  const check = (statement: Statement): Promise<void> =>
    assertIndexProbes({
      session: { url: test.url, database: test.name },
      statements: [statement],
      tables: ['charge'],
      grow: async () => void (await test.database.query(grow)),
    });

  it.each([
    statement('plan.by_id', 'SELECT * FROM charge WHERE id = $1'),
    statement(
      'plan.load',
      `SELECT charge.* FROM unnest($1::text[]) AS wanted (id)
       CROSS JOIN LATERAL (SELECT * FROM charge WHERE charge.id = wanted.id FOR UPDATE) AS charge`,
    ),
    statement('plan.load_any', 'SELECT * FROM charge WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE'),
    statement(
      'plan.save',
      `INSERT INTO charge (id, state, amount) SELECT * FROM unnest($1::text[], $2::text[], $3::int8[])
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, amount = excluded.amount`,
    ),
    statement('plan.delete', 'DELETE FROM charge WHERE id = ANY ($1::text[])'),
    statement('plan.oldest', 'SELECT * FROM charge ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED'),
  ])('admits $name', async (admitted) => {
    await expect(check(admitted)).resolves.toBeUndefined();
  });

  const refusals: [Statement, string][] = [
    [statement('plan.by_state', 'SELECT * FROM charge WHERE state = $1'), 'reads all of charge'],
    [statement('plan.all_sorted', 'SELECT * FROM charge ORDER BY id'), 'walks all of charge_pkey'],
    [
      statement('plan.by_state_limited', 'SELECT * FROM charge WHERE state = $1 ORDER BY amount LIMIT 10'),
      'reads all of charge',
    ],
    [statement('plan.outer_join', 'SELECT * FROM charge FULL JOIN charge AS b USING (id)'), 'Join over charge, charge'],
  ];
  it.each(refusals.map(([refused, reason]) => ({ name: refused.name, refused, reason })))(
    'rejects $name',
    async ({ refused, reason }) => {
      await expect(check(refused)).rejects.toThrow(reason);
    },
  );

  it('rejects a join whose sides the planner may swap, so that it scans the table while it is small', async () => {
    const update = statement(
      'plan.update_from',
      `UPDATE charge SET state = new.state FROM unnest($1::text[], $2::text[]) AS new (id, state) WHERE charge.id = new.id`,
    );
    await expect(check(update)).rejects.toThrow('(empty): ');
  });

  it('rejects a check of tables that have not grown', async () => {
    const nothing = assertIndexProbes({
      session: { url: test.url, database: test.name },
      statements: [],
      tables: ['charge'],
      grow: async () => undefined,
    });
    await expect(nothing).rejects.toThrow('has not grown');
  });
});
