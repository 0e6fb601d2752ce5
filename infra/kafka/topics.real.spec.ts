import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ConfigResourceTypes, Kafka, logLevel, type Admin } from 'kafkajs';
import { ensureTopics, topics } from './topics.js';

const EVENTS = 'bank.events.ledger';
const brokers = process.env['TEST_KAFKA_BROKERS']!.split(',');
let admin: Admin;
beforeAll(async () => {
  admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterAll(() => admin.disconnect());

it('rolls segments daily, because a segment of a week would keep its first event for another week', async () => {
  await ensureTopics({ brokers, partitions: 4 });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    // Other tests create the event topics with other settings; only this test creates this one.
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'payments-api.dlq', configNames: ['segment.ms'] }],
  });
  expect(resources[0]!.configEntries).toMatchObject([{ configName: 'segment.ms', configValue: String(86_400_000) }]);
});

it('creates missing topics, and notes each topic with another retention', async () => {
  await ensureTopics({ brokers, partitions: 4 });
  expect(await admin.listTopics()).toEqual(expect.arrayContaining([...topics]));
  const retain = (retentionMs: string): Promise<unknown> =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: EVENTS,
          configEntries: [{ name: 'retention.ms', value: retentionMs }],
        },
      ],
    });
  try {
    await retain('-1');
    const { created, notes } = await whenKnown(() => ensureTopics({ brokers, partitions: 5 }));
    expect(created).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/^topic ledger\.dlq keeps its \d+ partitions$/));
    expect(notes.filter((note) => note.includes(`${EVENTS} keeps events`))).toEqual([
      'topic bank.events.ledger keeps events for ever, not 7 days, longer than inboxes remember: do not reset offsets by more than 14 days',
    ]);
  } finally {
    await retain(String(7 * 86_400_000));
  }
}, 30_000);

it('says that an empty topic of an earlier version may be deleted', async () => {
  const note = 'topic payments.events of an earlier version is empty: delete it';
  expect((await ensureTopics({ brokers, partitions: 4 })).notes).not.toContain(note);
  await admin.createTopics({ topics: [{ topic: 'payments.events' }], waitForLeaders: true });
  try {
    expect((await ensureTopics({ brokers, partitions: 4 })).notes).toContain(note);
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await producer.send({ topic: 'payments.events', messages: [{ value: 'left' }] });
    await producer.disconnect();
    expect((await ensureTopics({ brokers, partitions: 4 })).notes).not.toContain(note);
  } finally {
    await admin.deleteTopics({ topics: ['payments.events'] });
  }
}, 30_000);

/** Retries, because a broker knows a change some time after the controller has acknowledged it. */
async function whenKnown<Told extends { notes: string[] }>(ask: () => Promise<Told>): Promise<Told> {
  for (let told = await ask(); ; told = await ask()) {
    if (told.notes.some((note) => note.includes(`${EVENTS} keeps events`))) return told;
    await sleep(50);
  }
}
