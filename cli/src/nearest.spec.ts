import { describe, expect, it } from '@jest/globals';
import { editDistance, nearest } from './nearest.js';

describe('the nearest word', () => {
  it.each([
    ['whi', 'why'],
    ['fault', 'faults'],
    ['verfy', 'verify'],
    ['Books', 'books'],
    ['pakred', 'parked'],
  ])('of %s is %s', (word, meant) => {
    expect(nearest(word, ['why', 'books', 'parked', 'ctl', 'limit', 'key', 'verify', 'faults'])).toBe(meant);
  });

  it('is undefined if no word is near', () => {
    expect(nearest('reconcile', ['why', 'books', 'ctl'])).toBeUndefined();
    expect(nearest('x', ['why'])).toBeUndefined();
  });

  it('is by edit distance: insertions, deletions and substitutions', () => {
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('same', 'same')).toBe(0);
  });
});
