import { expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { migrate, statement } from '#postgres';
import { inboxTablesSql, ParkedEvents } from '#saga';
import { testDatabase } from '#testing';
import { Parking1764100000001 } from './parking.migration.js';

it('keeps events that were parked before, in order, under keys that can be replayed', async () => {
  const test = await testDatabase('parking_migration');
  try {
    for (const [place, text] of inboxTablesSql.split(';').entries()) {
      if (text.trim()) await test.database.query({ name: `old_tables_${place}`, text });
    }
    const park = statement(
      'old_park',
      `INSERT INTO parked_event (id, source, key, event, origin, behind, error)
       SELECT key || '.' || n, 'payments-api', key, '{"type":"t","id":"x"}', '{"offset":"7"}', n > 1, 'bug'
       FROM unnest(ARRAY['a', 'b']) AS key, generate_series(1, 3) AS n ORDER BY n, key`,
    );
    await test.database.query(park);
    const where = { url: test.url, database: test.name, clock: new SystemClock() };
    await migrate({ ...where, migrations: [Parking1764100000001] });
    const parked = new ParkedEvents(test.database);
    expect(await parked.keys()).toMatchObject([
      { key: 'a', events: 3, id: 'a.1', attempts: 1, error: 'bug', replayRequestedAt: null },
      { key: 'b', events: 3, id: 'b.1', attempts: 1 },
    ]);
    expect((await parked.ofKey('b')).map(({ attempts, origin }) => [attempts, origin.offset])).toEqual([
      [1, '7'],
      [0, '7'],
      [0, '7'],
    ]);
  } finally {
    await test.drop();
  }
}, 60_000);
