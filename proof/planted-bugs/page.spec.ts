import { describe, expect, it } from '@jest/globals';
import { isCaught, type Measurement } from './measurement.js';
import { pageOf } from './page.js';
import type { Sabotage } from './sabotage.js';

const bug: Sabotage = { name: 'lock-forgotten', says: 'no request waits', breaks: ['A1', 'A7'], edits: [] };
const nothing: Measurement = { seed: 11, schedules: 300, found: null, first: null, shownBy: [] };
const inTheSeventh: Measurement = {
  ...nothing,
  found: { seed: 17, broken: ['A7'] },
  first: { seed: 17, broken: ['A7'] },
};
const byAnother: Measurement = { ...nothing, first: { seed: 12, broken: ['A5'] } };
const inARegression: Measurement = { ...nothing, shownBy: [{ name: 'both-at-once', broken: ['A7'] }] };
const inAnotherRegression: Measurement = { ...nothing, shownBy: [{ name: 'both-at-once', broken: ['A5'] }] };
const shownBySpec: Sabotage = { ...bug, shownBySpec: { file: 'libs/a/src/lock.spec.ts', because: 'worlds are short' } };

const lineOf = (sabotage: Sabotage, measured: Measurement): string =>
  pageOf([sabotage], { 'lock-forgotten': measured })
    .split('\n')
    .find((line) => line.startsWith('| `lock-forgotten`'))!;

describe('the page of planted bugs', () => {
  it('names the seed that showed a bug, and the command that shows it again', () => {
    expect(lineOf(bug, inTheSeventh)).toBe(
      '| `lock-forgotten` | no request waits | A1, A7 | A7 | 7 from seed 11 |  | `npm run sabotage -- lock-forgotten --seed 17 --schedules 1` |',
    );
  });

  it('names the regressions that show a bug', () => {
    expect(lineOf(bug, inARegression)).toBe(
      '| `lock-forgotten` | no request waits | A1, A7 | **none** | not in 300 from seed 11 | `both-at-once` (A7) |  |',
    );
  });

  it('names another broken promise if none of the bug’s own was broken', () => {
    expect(lineOf(bug, byAnother)).toContain('| **none** (A5 in 2) | not in 300 from seed 11 |');
  });

  it('names the test of a bug that no world shows', () => {
    const link = '[lock.spec.ts](../libs/a/src/lock.spec.ts)';
    expect(lineOf(shownBySpec, { ...nothing, specFailed: true })).toContain(`| ${link} | worlds are short |`);
    expect(lineOf(shownBySpec, { ...nothing, specFailed: false })).toContain(`| **not** ${link} |`);
  });

  it('counts a bug as caught only by one of its own promises or by its own test', () => {
    const caught = [nothing, inTheSeventh, byAnother, inARegression, inAnotherRegression].map((each) =>
      isCaught(bug, each),
    );
    expect(caught).toEqual([false, true, false, true, false]);
    expect([true, false].map((specFailed) => isCaught(shownBySpec, { ...inTheSeventh, specFailed }))).toEqual([
      true,
      false,
    ]);
  });
});
