import { describe, expect, it } from '@jest/globals';
import { after, approved, captured, compensated, frozen, voided } from '../../test/charge.js';
import type { Hold } from './hold.js';
import { fromRow, toRow } from './hold-row.js';

const every: Record<string, Hold> = {
  pending: after([approved()]),
  posted: after([approved(), captured()]),
  'posted out of suspense': after([captured(), approved()]),
  refused: after([approved()], frozen),
  'refused and captured': after([approved(), captured()], frozen),
  released: after([approved(), voided()]),
  'released after a refusal': after([approved(), voided()], frozen),
  'released and captured': after([voided(), captured()]),
  'refused, captured and compensated': after([approved(), captured(), compensated()], frozen),
  'released, captured and compensated': after([voided(), captured(), compensated()]),
  unmatched: after([captured()]),
};

describe('a hold’s row', () => {
  it.each(Object.entries(every))('restores a hold that is %s', (_, hold) => {
    expect(hold.state).not.toBe('none');
    expect(fromRow(toRow(hold as Exclude<Hold, { state: 'none' }>))).toEqual({ ...hold, moves: [] });
  });
});
