import { invariants, type Evidence, type Invariant } from '#checker';

/** One promise, and whether it was kept as far as the evidence shows. */
export interface VerifiedPromise {
  readonly id: string;
  readonly promise: string;
  readonly outcome: 'held' | 'held in part' | 'broken' | 'not judged';
  /** One for each case in which it was broken. */
  readonly cases: readonly string[];
}

/** Every promise, judged by databases and journals alone; there is no record of what clients were told. */
export function judge(evidence: Evidence): VerifiedPromise[] {
  return invariants.map((invariant) => judgeOne(invariant, evidence));
}

function judgeOne({ id, promise, withoutHistory, violations }: Invariant, evidence: Evidence): VerifiedPromise {
  if (withoutHistory === 'unjudged') return { id, promise, outcome: 'not judged', cases: [] };
  const cases = violations(evidence);
  const held = withoutHistory === 'in part' ? 'held in part' : 'held';
  return { id, promise, outcome: cases.length > 0 ? 'broken' : held, cases };
}

/** A10 in full: each row is rebuilt from its events by payments-api's own command. */
export function judgeRows(follow: boolean, output: string): VerifiedPromise {
  return {
    id: 'A10 rows',
    promise: "every charge's row and its refunds follow from its events",
    outcome: follow ? 'held' : 'broken',
    cases: follow ? [] : [output],
  };
}
