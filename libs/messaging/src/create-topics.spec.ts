import { describe, expect, it } from '@jest/globals';
import { createTopics } from './create-topics.js';

const failure = (type: string): Error => Object.assign(new Error(type), { type });
const clock = { sleep: () => Promise.resolve() };

describe('creating topics', () => {
  it('waits until the broker’s metadata has the new topic', async () => {
    const looks = [failure('UNKNOWN_TOPIC_OR_PARTITION'), failure('UNKNOWN_TOPIC_OR_PARTITION')];
    let asked = 0;
    const admin = {
      createTopics: () => Promise.reject(failure('UNKNOWN_TOPIC_OR_PARTITION')),
      fetchTopicMetadata: () => {
        asked++;
        const next = looks.shift();
        return next ? Promise.reject(next) : Promise.resolve({ topics: [] });
      },
    };
    await createTopics(admin, [{ topic: 't' }], clock);
    expect(asked).toBe(3);
  });

  it('rejects for any other reason', async () => {
    const admin = {
      createTopics: () => Promise.reject(failure('POLICY_VIOLATION')),
      fetchTopicMetadata: () => Promise.resolve({ topics: [] }),
    };
    await expect(createTopics(admin, [{ topic: 't' }], clock)).rejects.toThrow('POLICY_VIOLATION');
  });
});
