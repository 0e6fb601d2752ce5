import { describe, expect, it } from '@jest/globals';
import { isCaught, pageOf, type Caught } from './page.js';

const sabotage = { name: 'lock-forgotten', says: 'nobody waits', edits: [] };
const inNone: Caught = { sabotage, after: undefined, broken: [], shownBy: [] };
const inTheSeventh: Caught = { ...inNone, after: 7, broken: ['A1', 'A7'] };
const inARegression: Caught = { ...inNone, shownBy: [{ name: 'both-at-once', broken: ['A7'] }] };

const rowOf = (caught: Caught): string => pageOf([caught], 300, 11).split('\n').at(-2)!;

describe('the page of planted bugs', () => {
  it('says which drawn schedule showed it, and how to see it again', () => {
    expect(rowOf(inTheSeventh)).toBe(
      '| `lock-forgotten` | nobody waits | A1, A7 | 7 |  | `npm run sabotage -- lock-forgotten --seed 17 --schedules 1` |',
    );
  });

  it('says which regressions show it, whether a drawn schedule does or not', () => {
    expect(rowOf(inARegression)).toBe(
      '| `lock-forgotten` | nobody waits | **none** | not in 300 | `both-at-once` (A7) |  |',
    );
    expect(rowOf({ ...inTheSeventh, shownBy: inARegression.shownBy })).toContain('| 7 | `both-at-once` (A7) |');
  });

  it('knows a bug that nothing caught', () => {
    expect([inNone, inTheSeventh, inARegression].map(isCaught)).toEqual([false, true, true]);
  });
});
