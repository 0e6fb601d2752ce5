import { invariants, type Verdict } from '#checker';
import type { PromiseResult } from './promise-result.js';
import { chaosPromises } from './promises.js';
import type { RunFacts } from './run-facts.js';

/** The result of every promise, the checker's included, ordered by number (A7 before A10). */
export function judgeRun(facts: RunFacts): PromiseResult[] {
  const own = chaosPromises.map(({ id, promise, judge }) => ({ id, promise, ...judge(facts) }));
  return [...judgementsOf(facts.verdict), ...own].sort((a, b) => numberOf(a) - numberOf(b));
}

/** The checker's verdict as results, with a result for each kept promise too. */
export function judgementsOf(verdict: Verdict): PromiseResult[] {
  const known = new Set(invariants.map(({ id }) => id));
  const unlisted = verdict.violations.filter(({ id }) => !known.has(id));
  return [
    ...invariants.map(({ id, promise }) => ({
      id,
      promise,
      lines: verdict.violations.find((violation) => violation.id === id)?.lines ?? [],
    })),
    ...unlisted,
  ];
}

/** Promises without a number come last. */
const numberOf = ({ id }: PromiseResult): number => Number(/^A(\d+)/.exec(id)?.[1] ?? 1_000);
