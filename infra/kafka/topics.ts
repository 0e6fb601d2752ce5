import { Kafka, logLevel } from 'kafkajs';

/** One topic per producer; what a consumer could not digest goes to a dead-letter topic of its own. */
export const topics: readonly string[] = [
  'payments.events',
  'bank.events',
  'ledger.events',
  'payments-api.dlq',
  'bank-gateway.dlq',
  'ledger.dlq',
];

const RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Creates the topics that are missing. One that exists with another number of partitions is left as it is: adding
 * partitions would move keys, and with them the order of a charge's events.
 *
 * @returns what was created, and notes for the operator
 * @throws KafkaJSError when the brokers cannot be reached
 */
export async function ensureTopics(options: {
  brokers: readonly string[];
  partitions: number;
}): Promise<{ created: string[]; notes: string[] }> {
  const admin = new Kafka({
    clientId: 'holdfast-topics',
    brokers: [...options.brokers],
    logLevel: logLevel.ERROR,
  }).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const created = topics.filter((topic) => !existing.has(topic));
    await admin.createTopics({
      waitForLeaders: true,
      topics: created.map((topic) => ({
        topic,
        numPartitions: options.partitions,
        replicationFactor: -1, // whatever the brokers' default is
        configEntries: [{ name: 'retention.ms', value: String(RETENTION_MS) }],
      })),
    });
    const kept = topics.filter((topic) => existing.has(topic));
    const metadata = kept.length > 0 ? await admin.fetchTopicMetadata({ topics: kept }) : { topics: [] };
    const notes = metadata.topics
      .filter((topic) => topic.partitions.length !== options.partitions)
      .map((topic) => `topic ${topic.name} keeps its ${topic.partitions.length} partitions`);
    return { created, notes };
  } finally {
    await admin.disconnect();
  }
}
