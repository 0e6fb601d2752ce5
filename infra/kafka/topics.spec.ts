import { describe, expect, it } from '@jest/globals';
import { INBOX_KEPT_MS } from '#saga';
import { retentionMsOf } from './topics.js';

describe('topics', () => {
  it('keep an event for a week, and every inbox keeps its id for two', () => {
    const events = Object.entries(retentionMsOf).filter(([topic]) => topic.endsWith('.events'));
    const WEEK_MS = 7 * 86_400_000;
    expect(events.map(([, keptMs]) => keptMs)).toEqual([WEEK_MS, WEEK_MS, WEEK_MS]);
    expect(INBOX_KEPT_MS).toBe(2 * WEEK_MS);
  });
});
