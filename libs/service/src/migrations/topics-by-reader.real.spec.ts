import { expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { eventContracts } from '#contracts';
import { outboxTableSql } from '#messaging';
import { migrate, statement } from '#postgres';
import { notEmpty, testDatabase } from '#testing';
import { TopicsByReader1764100000002 } from './topics-by-reader.migration.js';

it('leads every unpublished event to its reader, and leaves dead letters', async () => {
  const test = await testDatabase('topics_migration');
  try {
    for (const text of outboxTableSql.split(/;\n/)) {
      if (text.trim()) await test.database.query({ name: '', text });
    }
    const insert = statement(
      'old_append',
      `INSERT INTO outbox (shard, topic, key, headers, value)
       SELECT 0, topic, 'ch_1', json_build_object('ce_type', type), '{}'
       FROM json_to_recordset($1::json) AS (topic text, type text)`,
    );
    const contracts = notEmpty(eventContracts);
    const rows = [
      ...contracts.map(({ producer, type }) => ({ topic: `${producer}.events`, type })),
      { topic: 'bank.events', type: 'bank.capture_failed.v1' },
      { topic: 'ledger.dlq', type: 'bank.capture_succeeded.v1' },
    ];
    await test.database.query(insert, [JSON.stringify(rows)]);
    await migrate({
      url: test.url,
      database: test.name,
      clock: new SystemClock(),
      migrations: [TopicsByReader1764100000002],
    });
    const moved = await test.database.query(
      statement('new_rows', `SELECT topic, headers->>'ce_type' AS type FROM outbox ORDER BY id`),
    );
    expect(moved).toEqual([
      ...contracts.map(({ topic, type }) => ({ topic, type })),
      { topic: 'ledger.dlq', type: 'bank.capture_succeeded.v1' },
    ]);
  } finally {
    await test.drop();
  }
}, 60_000);
