import { describe, expect, it } from '@jest/globals';
import { expectedWarnings, sometimesInSimulation } from '#checker';
import { notEmpty } from '#testing';
import { countOf, exitCodeOf, missed, missedInWords, reachedInWords } from './sometimes.js';
import { countOfWarning, unusedInWords } from './warnings.js';

const all = new Map([
  ...sometimesInSimulation.map(({ id }) => [countOf(id), 1] as const),
  ...expectedWarnings.map(({ id }) => [countOfWarning(id), 1] as const),
]);
const without = new Map([...all].filter(([name]) => name !== countOf('capture-won')));

describe('a campaign', () => {
  it('names the hard states that it did not reach, if it was long enough', () => {
    expect(missed(1_000, without).map(({ id }) => id)).toEqual(['capture-won']);
    expect(missed(1_000, all)).toEqual([]);
  });

  it('must reach each hard state', () => {
    for (const { id } of notEmpty(sometimesInSimulation)) {
      const others = new Map([...all].filter(([name]) => name !== countOf(id)));
      expect(missed(1_000, others).map((each) => each.id)).toEqual([id]);
    }
  });

  it('fails for a hard state that it did not reach, and names it', () => {
    const report = { schedules: 1_000, failures: [] as string[] };
    expect(exitCodeOf({ ...report, counts: all })).toBe(0);
    expect(exitCodeOf({ ...report, counts: without })).toBe(1);
    expect(exitCodeOf({ ...report, schedules: 999, counts: without })).toBe(0);
    expect(exitCodeOf({ ...report, counts: all, failures: ['A1'] })).toBe(1);
    expect(missedInWords(1_000, without)).toEqual(['never reached: a capture raced a cancellation and won']);
  });

  it('fails for an expected warning that did not occur, and names it', () => {
    const unused = new Map([...all].filter(([name]) => name !== countOfWarning('job-interrupted')));
    expect(exitCodeOf({ schedules: 1_000, failures: [], counts: unused })).toBe(1);
    expect(exitCodeOf({ schedules: 999, failures: [], counts: unused })).toBe(0);
    expect(unusedInWords(1_000, unused)).toEqual(['expected and never provoked: the warning job-interrupted']);
    expect(unusedInWords(1_000, all)).toEqual([]);
  });

  it('need not reach any hard state if it was short', () => {
    expect(missed(999, new Map())).toEqual([]);
  });

  it('shows the count of every hard state', () => {
    const told = reachedInWords(without);
    expect(told).toHaveLength(sometimesInSimulation.length);
    expect(told).toContainEqual(expect.stringMatching(/^ +0 {2}a capture raced a cancellation and won$/));
    expect(told).toContainEqual(expect.stringMatching(/^ +1 {2}a poison event was parked/));
  });
});
