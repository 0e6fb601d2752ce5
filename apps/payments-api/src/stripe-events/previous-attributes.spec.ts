import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { previousAttributes } from './previous-attributes.js';

describe('previous attributes', () => {
  it.each([
    ['nothing that stayed', { a: 1, b: { c: [1] } }, { a: 1, b: { c: [1] } }, undefined],
    [
      'the value from before',
      { status: 'pending', paid: false },
      { status: 'succeeded', paid: false },
      { status: 'pending' },
    ],
    [
      'of a hash the parts that differ',
      { metadata: { a: '1', b: '2' } },
      { metadata: { a: '1', b: '3' } },
      { metadata: { b: '2' } },
    ],
    ['null for what was not there', { metadata: {} }, { metadata: { a: '1' } }, { metadata: { a: null } }],
    ['what is no more', { metadata: { a: '1' } }, { metadata: {} }, { metadata: { a: '1' } }],
    ['of a list all of it', { events: ['a', 'b'] }, { events: ['a'] }, { events: ['a', 'b'] }],
    ['what became a hash', { outcome: null }, { outcome: { type: 'authorized' } }, { outcome: null }],
    [
      'a hash that became null',
      { outcome: { type: 'authorized' } },
      { outcome: null },
      { outcome: { type: 'authorized' } },
    ],
  ])('has %s', (_what, before, after, expected) => {
    expect(previousAttributes(before, after)).toEqual(expected);
  });

  it('turns the object back into what it was', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean());
    const hash = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(leaf, fc.array(leaf)), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(hash, hash, (before, after) => {
        const undone = Object.entries({ ...after, ...previousAttributes(before, after) }).filter(
          ([, was]) => was !== null,
        );
        expect(Object.fromEntries(undone)).toEqual(before);
      }),
    );
  });
});
