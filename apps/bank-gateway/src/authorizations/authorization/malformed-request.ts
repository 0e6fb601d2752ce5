import type { BankCallResult } from '#bank-call';
import { ended, isUnperformed, type Operation, type OperationAttempt } from './operation.js';

export const MALFORMED = 'malformed';
export const isMalformed = (outcome: BankCallResult): boolean =>
  outcome.kind === 'not_processed' && outcome.reason === MALFORMED;
export const wasMalformed = ({ outcome, detail }: OperationAttempt): boolean =>
  outcome === 'refused' && detail === MALFORMED;

/**
 * A malformed request ends the operation, unless an earlier attempt is in doubt (rule 1). A void goes on to the reversal
 * (rule 9); a reversal is retried and needs attention, since its target may stand.
 */
export function afterMalformed(operation: Operation): Operation {
  const current = { ...operation, attempts: operation.attempts.map(withoutOldDoubt) };
  if (!isUnperformed(current) || !current.attempts.some(wasMalformed)) return current;
  switch (current.kind) {
    case 'authorize':
      return ended(current, { kind: 'not_performed', reason: 'not_processed' });
    case 'capture':
    case 'refund':
      return ended(current, { kind: 'refused', code: MALFORMED });
    case 'void':
    case 'reversal':
      return current;
  }
}

/** Older versions recorded `malformed` as doubt, and retried forever. */
function withoutOldDoubt(attempt: OperationAttempt): OperationAttempt {
  const wasAnsweredSo = attempt.detail === 'status_400' || attempt.detail === 'status_422';
  return attempt.outcome === 'doubt' && wasAnsweredSo ? { ...attempt, outcome: 'refused', detail: MALFORMED } : attempt;
}
