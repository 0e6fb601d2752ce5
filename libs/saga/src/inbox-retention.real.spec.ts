import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { explain, sessionConfig, statement } from '#postgres';
import { FakeClock, testDatabase } from '#testing';
import { forgetStatement, INBOX_KEPT_MS, InboxRetention } from './inbox-retention.repository.js';
import { inboxTablesSql, parkingTablesSql } from './inbox.repository.js';

type Given = Awaited<ReturnType<typeof testDatabase>>;
let given: Given;
beforeAll(async () => {
  given = await testDatabase('inbox_retention');
  for (const [place, text] of `${inboxTablesSql} ${parkingTablesSql}`.split(';').entries()) {
    if (text.trim()) await given.database.query({ name: `retention_tables_${place}`, text });
  }
});
beforeEach(() => given.database.query(statement('retention_empty', 'TRUNCATE inbox, parked_event, parked_key')));
afterAll(() => given.drop());

const fill = statement(
  'retention_fill',
  `INSERT INTO inbox (id, source, seen_at)
   SELECT $1 || n, 'payments-api', now() - $3 * interval '1 ms' FROM generate_series(1, $2::int) AS n`,
);
const seen = async (prefix: string): Promise<number> => {
  const count = statement('retention_count', 'SELECT count(*) AS rows FROM inbox WHERE starts_with(id, $1)');
  const [row] = await given.database.query<{ rows: number }>(count, [prefix]);
  return row!.rows;
};
const MINUTE_MS = 60_000;

describe('the retention of the inbox', () => {
  it('forgets events seen more than two weeks ago, a few pages at a time, and no others', async () => {
    await given.database.query(fill, ['old', 20_000, INBOX_KEPT_MS + MINUTE_MS]);
    await given.database.query(fill, ['young', 5_000, INBOX_KEPT_MS - MINUTE_MS]);
    const clock = new FakeClock();
    const retention = new InboxRetention(given.database, clock, { pagesPerBatch: 16, batchesPerRun: 2 });
    const first = await retention.run();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(10_000);
    for (let runs = 0; (await seen('old')) > 0 && runs < 100; runs++) await retention.run();
    expect(await seen('old')).toBe(0);
    expect(await seen('young')).toBe(5_000);
  });

  it('rests an hour after each pass, then finds rows that were written into freed pages', async () => {
    const clock = new FakeClock();
    const retention = new InboxRetention(given.database, clock);
    await given.database.query(fill, ['first', 100, INBOX_KEPT_MS * 2]);
    expect(await retention.run()).toBe(100);
    await given.database.query(fill, ['second', 100, INBOX_KEPT_MS * 2]);
    expect(await retention.run()).toBe(0);
    await clock.advance(60 * MINUTE_MS);
    expect(await retention.run()).toBe(100);
  });

  it('never forgets an event that is parked or was discarded', async () => {
    await given.database.query(fill, ['kept', 3, INBOX_KEPT_MS * 2]);
    await given.database.query(
      statement(
        'retention_park',
        `INSERT INTO parked_event (id, source, key, event, origin, behind, error, discarded_at, discard_reason)
         VALUES ('kept1', 'payments-api', 'a', '{}', '{}', false, 'bug', NULL, NULL),
                ('kept2', 'payments-api', 'a', '{}', '{}', false, 'bug', now(), 'no use')`,
      ),
    );
    expect(await new InboxRetention(given.database, new FakeClock()).run()).toBe(1);
    expect(await seen('kept')).toBe(2);
  });

  it('may run twice at the same time', async () => {
    await given.database.query(fill, ['old', 3_000, INBOX_KEPT_MS * 2]);
    const leaders = [1, 2].map(() => new InboxRetention(given.database, new FakeClock()));
    const [one, other] = await Promise.all(leaders.map((leader) => leader.run()));
    expect(one! + other!).toBe(3_000);
  });

  it('reads no page outside its range', async () => {
    const client = new Client(sessionConfig({ url: given.url, database: given.name }));
    await client.connect();
    try {
      expect(JSON.stringify(await explain(client, forgetStatement))).toMatch(/"Node Type":"Tid Range Scan"/);
    } finally {
      await client.end();
    }
  });
});
