import type { Admin, ITopicConfig } from 'kafkajs';
import type { Clock } from '#clock';

const LOOK_EVERY_MS = 100;
const LOOKS = 100;

/**
 * Resolves when the topics are there and have leaders. kafkajs 2.2.4 waits for a leader that is not elected yet, but not
 * for a broker that has not heard of the topic yet: right after it has created it, it may reject because there is none.
 */
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
