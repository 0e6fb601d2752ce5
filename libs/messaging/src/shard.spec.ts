import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { OUTBOX_SHARDS, shardOf } from './shard.js';

describe('shardOf', () => {
  it('never changes: rows of an older release must stay in the shard of their key', () => {
    expect(['', 'a', 'ch_00000000001', 'ch_00000000002', 'ch_ZZZZZZZZZZZ'].map((key) => shardOf(key))).toEqual([
      5, 4, 6, 3, 3,
    ]);
  });

  it('spreads keys that differ in their last characters', () => {
    const counts = Array.from({ length: OUTBOX_SHARDS }, () => 0);
    for (let number = 0; number < 8_000; number++) counts[shardOf(`ch_${String(number).padStart(11, '0')}`)]!++;
    for (const count of notEmpty(counts)) {
      expect(count).toBeGreaterThan(800);
      expect(count).toBeLessThan(1_200);
    }
  });
});
