import { describe, expect, it } from '@jest/globals';
import { topics } from '#contracts';
import { INBOX_KEPT_MS } from '#saga';
import { notEmpty } from '#testing';
import { retentionMsOf } from './topics.js';

describe('topics', () => {
  it('keep an event for a week, and every inbox keeps its id for two', () => {
    const WEEK_MS = 7 * 86_400_000;
    for (const topic of notEmpty(topics)) expect(retentionMsOf[topic]).toBe(WEEK_MS);
    expect(INBOX_KEPT_MS).toBe(2 * WEEK_MS);
  });
});
