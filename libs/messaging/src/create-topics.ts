import type { Admin, ITopicConfig } from 'kafkajs';
import type { Clock } from '#clock';

const LOOK_EVERY_MS = 100;
const LOOKS = 100;

/** Resolves when the topics have leaders. Retries: kafkajs 2.2.4 rejects while a broker's metadata lacks a new topic. */
export async function createTopics(
  admin: Pick<Admin, 'createTopics' | 'fetchTopicMetadata'>,
  topics: ITopicConfig[],
  clock: Pick<Clock, 'sleep'>,
): Promise<void> {
  try {
    await admin.createTopics({ topics, waitForLeaders: true });
    return;
  } catch (error) {
    if (!isNotKnownYet(error)) throw error;
  }
  for (let look = 1; ; look++) {
    try {
      await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
      return;
    } catch (error) {
      if (!isNotKnownYet(error) || look === LOOKS) throw error;
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

const isNotKnownYet = (error: unknown): boolean =>
  (error as { type?: unknown } | undefined)?.type === 'UNKNOWN_TOPIC_OR_PARTITION';
