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

describe('both databases may be right', () => {
  it('when each served a different one of two sessions that wait in no order', () => {
    expect(isAnotherFirst(B_FIRST, C_FIRST, () => true)).toBe(true);
  });

  it('but not when one of the sessions waits in a queue, or did not wait', () => {
    expect(isAnotherFirst(B_FIRST, C_FIRST, (session) => session === 1)).toBe(false);
  });

  it('but not when one of the databases woke no session, or two', () => {
    expect(isAnotherFirst(B_FIRST, seen([], [1, 2]), () => true)).toBe(false);
    expect(isAnotherFirst(B_FIRST, B_FIRST, () => true)).toBe(false);
  });

  it('when they chose different victims of a deadlock', () => {
    expect(isAnotherVictim(seen([[1, deadlock]], [2]), seen([[2, deadlock]], [1]))).toBe(true);
    expect(isAnotherVictim(seen([[1, deadlock]], [2]), seen([[1, done]], [2]))).toBe(false);
  });
});
