import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { PostgresOutbox } from '#messaging';
import { migrate, statement } from '#postgres';
import { testDatabase, type TestDatabase } from '#testing';
import { journal, statementOf } from '../../test/statement-under-test.js';
import { noon } from '../../test/operation-under-test.js';
import { Authorizations0001 } from '../migrations/0001-authorizations.migration.js';
import { Statements0003 } from '../migrations/0003-statements.migration.js';
import { StatementCursorRepository } from './statement-cursor.repository.js';
import { questionAt, read, startOf, type StatementReading, type StatementCursor } from './statement-page.js';

const clock = new SystemClock();
let test: TestDatabase;
let cursors: StatementCursorRepository;

beforeAll(async () => {
  test = await testDatabase('statements');
  await migrate({ url: test.url, database: test.name, migrations: [Authorizations0001, Statements0003], clock });
  const outbox = new PostgresOutbox({ offer: () => undefined, sweepSoon: () => undefined }, clock);
  cursors = new StatementCursorRepository(test.database, outbox, clock);
});
afterAll(() => test.drop());

type Page = Extract<StatementReading, { kind: 'page' }>;
const pageAt = (cursor: StatementCursor, entries: number, asOf = noon): Page => {
  const reading = read(cursor, statementOf(journal(entries), questionAt(cursor), { asOf, now: asOf }), asOf);
  if (reading.kind !== 'page') throw new Error(reading.kind);
  return reading;
};
const outboxStatement = statement('test.statements', `SELECT value, key FROM outbox WHERE key = $1 ORDER BY id`);
const published = async (bank: string): Promise<number[]> => {
  const rows = await test.database.query<{ value: string }>(outboxStatement, [bank]);
  return rows.map(({ value }) => (JSON.parse(value) as { through: number }).through);
};

describe('the cursor of a statement', () => {
  it('advances in the transaction that publishes the page', async () => {
    expect(await cursors.of('alder')).toEqual(startOf('alder'));
    expect(await cursors.publish(startOf('alder'), pageAt(startOf('alder'), 3))).toBe(true);
    const moved = await cursors.of('alder');
    expect(moved).toEqual({ bank: 'alder', seq: 3, bankId: 'alder_3', asOf: noon });
    expect(await cursors.publish(moved, pageAt(moved, 3, noon + 10))).toBe(true);
    expect(await published('alder')).toEqual([3, 3]);
    expect(await cursors.views()).toMatchObject([{ bank: 'alder', seq: 3, asOf: noon + 10 }]);
  });

  it('rejects the page of a leader that was frozen past its lease, also an empty one', async () => {
    const start = startOf('birch');
    const stale = pageAt(start, 1);
    expect(await cursors.publish(start, pageAt(start, 2))).toBe(true);
    expect(await cursors.publish(start, stale)).toBe(false);
    const after = await cursors.of('birch');
    const quiet = pageAt(after, 2, noon + 20);
    expect(await cursors.publish(after, pageAt(after, 2, noon + 30))).toBe(true);
    expect(await cursors.publish(after, quiet)).toBe(false);
    expect(await published('birch')).toEqual([2, 2]);
    expect(await cursors.of('birch')).toMatchObject({ seq: 2, asOf: noon + 30 });
  });

  it('lets one of several leaders publish the page that all have read', async () => {
    const start = startOf('cedar');
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => cursors.publish(start, pageAt(start, 4))));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await published('cedar')).toEqual([4]);
  });
});
