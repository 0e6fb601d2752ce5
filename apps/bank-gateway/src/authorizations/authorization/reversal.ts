import type { BankCallResult, BankOrder } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { afterMalformed, isMalformed } from './malformed-request.js';
import { continueOperation, type BankConditions } from './next-action.js';
import { ended, isLive, type Operation } from './operation.js';

/** Records the answer to a reversal: rule 7. */
export function recordReversal(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<Extract<BankOrder, { kind: 'reverse' }>>,
  moment: BankConditions,
): Operation {
  if (operation.phase !== 'reversing') return operation;
  const checked = isMalformed(outcome) ? afterMalformed(operation) : operation;
  const updated = { ...checked, reversals: checked.reversals + 1 };
  if (!isLive(updated)) return updated;
  if (outcome.kind !== 'answered' || !acknowledges(updated, bank, outcome.answer))
    return continueOperation(updated, moment, bank);
  if (updated.kind === 'authorize') return ended(updated, { kind: 'not_performed', reason: 'reversed_out_of_doubt' });
  return ended(updated, {
    kind: 'succeeded',
    bankId: reversalId(outcome.answer, updated.stray?.bankId) ?? updated.reference,
  });
}

/** The bank id of the reversal of the target. A reversal also undoes performances that depend on the target. */
function reversalId(answer: bankProtocol.ReverseAnswer, target: string | undefined): string | undefined {
  if (!('bankId' in answer)) return undefined;
  const own = 'reversals' in answer ? answer.reversals.find(({ reverses }) => reverses === target) : undefined;
  return own?.bankId ?? answer.bankId;
}

function acknowledges(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  answer: bankProtocol.ReverseAnswer,
): boolean {
  switch (answer.state) {
    case 'reversed':
    case 'already_reversed':
    case 'remembered':
      return true;
    case 'unknown':
      // This bank does not fence: "unknown" counts once every attempt is older than the longest lifetime of a message,
      // unless an approval has arrived since, which makes the answer outdated.
      return (
        operation.kind === 'authorize' &&
        operation.attempts.every(
          ({ outcome, begunAt }) => outcome !== 'performed' && answer.asOf > begunAt + bank.maxTransitMs,
        )
      );
    case 'refused':
      return false;
  }
}
