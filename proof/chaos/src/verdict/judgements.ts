import { invariants, type Verdict } from '#checker';
import type { PromiseResult } from './promise-result.js';
import { chaosPromises } from './promises.js';
import type { RunFacts } from './run-facts.js';

/** Every promise of a run, those of the checker included, with what broke it; by number, A7 before A10. */
export function judgeRun(facts: RunFacts): PromiseResult[] {
  const own = chaosPromises.map(({ id, promise, judge }) => ({ id, promise, ...judge(facts) }));
  return [...judgementsOf(facts.verdict), ...own].sort((a, b) => numberOf(a) - numberOf(b));
}

/** The checker's verdict, with the promises that were kept. */
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

/** What is no promise by number comes last. */
const numberOf = ({ id }: PromiseResult): number => Number(/^A(\d+)/.exec(id)?.[1] ?? 1_000);
