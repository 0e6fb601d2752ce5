import { invariants, type Evidence, type Invariant } from '#checker';

/** One promise and its result on the evidence. */
export interface VerifiedPromise {
  readonly id: string;
  readonly promise: string;
  readonly outcome: 'held' | 'held in part' | 'broken' | 'not judged';
  /** One line per violation. */
  readonly cases: readonly string[];
}

/** Checks every promise on databases and journals alone, without the clients' history. */
export function judge(evidence: Evidence): VerifiedPromise[] {
  return invariants.map((invariant) => judgeOne(invariant, evidence));
}

function judgeOne({ id, promise, withoutHistory, violations }: Invariant, evidence: Evidence): VerifiedPromise {
  if (withoutHistory === 'unjudged') return { id, promise, outcome: 'not judged', cases: [] };
  const cases = violations(evidence);
  const held = withoutHistory === 'in part' ? 'held in part' : 'held';
  return { id, promise, outcome: cases.length > 0 ? 'broken' : held, cases };
}

/** A10 in full: payments-api's own command folds each row again from its events. */
export function judgeRows(follow: boolean, output: string): VerifiedPromise {
  return {
    id: 'A10 rows',
    promise: "every charge's row and its refunds follow from its events",
    outcome: follow ? 'held' : 'broken',
    cases: follow ? [] : [output],
  };
}
