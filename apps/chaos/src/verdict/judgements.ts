import { invariants, type Verdict } from '#checker';
import type { Judged } from './chaos-invariants.js';

/** The checker's verdict, with the promises that were kept. */
export function judgementsOf(verdict: Verdict): Judged[] {
  return invariants.map(({ id, promise }) => ({
    id,
    promise,
    lines: verdict.violations.find((violation) => violation.id === id)?.lines ?? [],
  }));
}
