import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { shardsOf } from './shard-assignment.js';

describe('shardsOf', () => {
  it('gives every shard to exactly one contender, in shares that differ by at most one', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 64 }),
        (holders, count) => {
          const shares = holders.map((holder) => shardsOf(holder, holders, count));
          expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, shard) => shard));
          const sizes = shares.map(({ length }) => length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('does not depend on the order of contenders, and counts the holder itself', () => {
    expect(shardsOf('b', ['c', 'a'], 7)).toEqual(shardsOf('b', ['a', 'b', 'c'], 7));
  });
});
