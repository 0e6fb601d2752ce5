// A default import, because Node finds no named export ConfigResourceTypes in this CommonJS package.
import kafkajs, { type Admin } from 'kafkajs';
import { SystemClock } from '#clock';
import { deadLetterTopics, formerTopicOf, producers, topics as eventTopics, type Producer } from '#contracts';
import type { KafkaConnection } from '#messaging';
import { createTopics } from '../../libs/messaging/src/create-topics.js';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Half of the inboxes' retention, so that the inbox recognizes every duplicate that a topic can still deliver. */
const EVENTS_KEPT_MS = 7 * DAY_MS;
/** Kafka deletes whole segments, by their newest record. With the default of a week, a record would outlive its inbox id. */
const SEGMENT_MS = DAY_MS;
/** Dead letters notify operators, who may be absent. The event itself stays parked in the database. */
const DEAD_LETTERS_KEPT_MS = 30 * DAY_MS;

/** Retention by topic: one topic per producer and reader, one dead-letter topic per consumer. */
export const retentionMsOf: Readonly<Record<string, number>> = Object.fromEntries([
  ...eventTopics.map((topic) => [topic, EVENTS_KEPT_MS]),
  ...deadLetterTopics.map((topic) => [topic, DEAD_LETTERS_KEPT_MS]),
]);
export const topics: readonly string[] = Object.keys(retentionMsOf);

/**
 * Creates missing topics. Existing ones keep their partitions, since more would move keys and break the order of a
 * charge's events, and their retention, which an operator may have chosen.
 *
 * @returns the created topics, and notes on differing ones
 * @throws KafkaJSError if the brokers cannot be reached
 */
export async function ensureTopics(
  options: KafkaConnection & { partitions: number },
): Promise<{ created: string[]; notes: string[] }> {
  const admin = kafkaClient({ ...options, clientId: 'holdfast-topics' }).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const created = topics.filter((topic) => !existing.has(topic));
    const wanted = created.map((topic) => ({
      topic,
      numPartitions: options.partitions,
      replicationFactor: -1, // the brokers' default
      configEntries: [
        { name: 'retention.ms', value: String(retentionMsOf[topic]) },
        { name: 'segment.ms', value: String(SEGMENT_MS) },
      ],
    }));
    await createTopics(admin, wanted, new SystemClock());
    const kept = topics.filter((topic) => existing.has(topic));
    const metadata = kept.length > 0 ? await admin.fetchTopicMetadata({ topics: kept }) : { topics: [] };
    const partitionNotes = metadata.topics
      .filter((topic) => topic.partitions.length !== options.partitions)
      .map((topic) => `topic ${topic.name} keeps its ${topic.partitions.length} partitions`);
    const former = (Object.keys(producers) as Producer[]).map(formerTopicOf).filter((topic) => existing.has(topic));
    const notes = [...partitionNotes, ...(await retentionNotes(admin, kept)), ...(await formerNotes(admin, former))];
    return { created, notes };
  } finally {
    await admin.disconnect();
  }
}

async function retentionNotes(admin: Admin, kept: readonly string[]): Promise<string[]> {
  if (kept.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: kept.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['retention.ms'] })),
  });
  return resources.flatMap(({ resourceName, configEntries }) => {
    const retentionMs = Number(configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue);
    const wantedMs = retentionMsOf[resourceName]!;
    if (retentionMs === wantedMs) return [];
    const beyondInboxes =
      wantedMs === EVENTS_KEPT_MS && (retentionMs < 0 || retentionMs > 2 * wantedMs)
        ? ', longer than inboxes remember: do not reset offsets by more than 14 days'
        : '';
    return [`topic ${resourceName} keeps events for ${daysIn(retentionMs)}, not ${daysIn(wantedMs)}${beyondInboxes}`];
  });
}

/** Consumers read former topics while they exist. One without records has nothing left that a consumer could miss. */
async function formerNotes(admin: Admin, former: readonly string[]): Promise<string[]> {
  const offsets = await Promise.all(former.map((topic) => admin.fetchTopicOffsets(topic)));
  return former
    .filter((_, place) => offsets[place]!.every(({ low, high }) => low === high))
    .map((topic) => `topic ${topic} of an earlier version is empty: delete it`);
}

const daysIn = (ms: number): string => (ms < 0 ? 'ever' : `${Math.round((ms / DAY_MS) * 10) / 10} days`);
