import { describe, expect, it } from '@jest/globals';
import { boundsOf } from './list-parameters.js';

const [after, before] = (['starting_after', 'ending_before'] as const).map((param) => ({ param, id: 'ch_5' }));
const at = (createdAt: number, id: string) => ({ createdAt, id });
const between = (createdFrom: number | null, createdBefore: number | null) => ({ createdFrom, createdBefore });

describe('the bounds of a page', () => {
  it('are the whole list without a cursor and without a range', () => {
    expect(boundsOf(between(null, null), null, null)).toEqual({ below: null, above: null });
  });

  it('include the first second of a range, and not the second after it', () => {
    expect(boundsOf(between(10, 20), null, null)).toEqual({ below: at(20_000, ''), above: at(10_000, '') });
  });

  it('are the narrower one of range and cursor', () => {
    expect(boundsOf(between(10, 20), after!, at(15_000, 'ch_5'))).toEqual({
      below: at(15_000, 'ch_5'),
      above: at(10_000, ''),
    });
    expect(boundsOf(between(10, 20), after!, at(20_000, 'ch_5'))).toMatchObject({ below: at(20_000, '') });
    expect(boundsOf(between(10, 20), before!, at(15_000, 'ch_5'))).toEqual({
      below: at(20_000, ''),
      above: at(15_000, 'ch_5'),
    });
    expect(boundsOf(between(10, 20), before!, at(9_999, 'ch_5'))).toMatchObject({ above: at(10_000, '') });
  });
});
