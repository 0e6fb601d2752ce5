import assert from 'node:assert/strict';
import type { BankCallResult, BankOrder } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { isFinal } from './finality.js';
import { afterMalformed, isMalformed } from './malformed-request.js';
import { continueOperation, type BankConditions } from './next-action.js';
import { ended, inDoubt, isLive, startReversal, type Operation, type OperationAttempt } from './operation.js';

/**
 * Records the answer to an inquiry by our reference.
 *
 * @param attemptsBegun how many attempts had begun when the inquiry was sent: it closes no later ones (rule 4)
 */
export function recordInquiry(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<Extract<BankOrder, { kind: 'inquire' }>>,
  attemptsBegun: number,
  moment: BankConditions,
): Operation {
  if (operation.phase !== 'open') return operation;
  assert(
    operation.kind !== 'void' && operation.kind !== 'reversal',
    'no inquiry is made about a void or a reversal: a void in doubt is followed by a reversal',
  );
  const performedAs = operation.kind === 'authorize' ? 'authorization' : operation.kind;
  const inquired = { ...operation, inquiries: operation.inquiries + 1 };
  if (outcome.kind !== 'answered') {
    const updated = isMalformed(outcome) ? afterMalformed(inquired) : inquired;
    return isLive(updated) ? continueOperation(updated, moment, bank) : updated;
  }
  const { answer } = outcome;
  if (answer.state === 'found') {
    const standing = answer.performances.find(({ kind, undoneBy }) => kind === performedAs && undoneBy === undefined);
    if (standing) return ended(inquired, { kind: 'succeeded', bankId: standing.bankId });
    // The bank undid it, not we. A reversal ensures that no late message performs it again.
    return operation.kind === 'authorize' ? startReversal(inquired) : continueOperation(inquired, moment, bank);
  }
  const attempts = inquired.attempts.map((attempt, index): OperationAttempt =>
    index < attemptsBegun && inDoubt(attempt) && isFinal(attempt, bank, answer.asOf)
      ? { ...attempt, outcome: 'not_found', detail: null }
      : attempt,
  );
  return continueOperation({ ...inquired, attempts }, moment, bank);
}
