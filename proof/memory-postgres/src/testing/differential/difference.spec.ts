import { describe, expect, it } from '@jest/globals';
import { isAnotherFirst, isAnotherVictim } from './difference.js';
import type { StatementResult, ScriptObservation } from './script.js';

const done: StatementResult = { rows: [] };
const deadlock: StatementResult = { code: '40P01', constraint: undefined };
const seen = (
  answers: readonly (readonly [number, StatementResult])[],
  waiting: readonly number[],
): ScriptObservation => ({
  answers: new Map(answers),
  waiting,
});
const B_FIRST = seen([[1, done]], [2]);
const C_FIRST = seen([[2, done]], [1]);

describe('either database may be right', () => {
  it('where both woke one of two sessions that waited to insert the same key', () => {
    expect(isAnotherFirst(B_FIRST, C_FIRST, () => true)).toBe(true);
  });

  it('but not where one of them waited for a row, or was not waiting at all', () => {
    expect(isAnotherFirst(B_FIRST, C_FIRST, (session) => session === 1)).toBe(false);
  });

  it('nor where one of the databases woke nobody, or more', () => {
    expect(isAnotherFirst(B_FIRST, seen([], [1, 2]), () => true)).toBe(false);
    expect(isAnotherFirst(B_FIRST, B_FIRST, () => true)).toBe(false);
  });

  it('where both ended a deadlock, by another victim each', () => {
    expect(isAnotherVictim(seen([[1, deadlock]], [2]), seen([[2, deadlock]], [1]))).toBe(true);
    expect(isAnotherVictim(seen([[1, deadlock]], [2]), seen([[1, done]], [2]))).toBe(false);
  });
});
