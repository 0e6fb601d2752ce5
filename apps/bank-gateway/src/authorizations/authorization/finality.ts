import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import type { OperationAttempt } from './operation.js';

/**
 * The bank's profile with `maxTransitMs` counted from `begun`: a message may be written as late as its attempt's
 * time-out (rule 3), and its transit starts then.
 */
export const countedFromBegun = (
  bank: bankProtocol.BankProfile,
  attemptTimeoutMs: number,
): bankProtocol.BankProfile => ({
  ...bank,
  maxTransitMs: bank.maxTransitMs + attemptTimeoutMs,
});

/** Rule 4: whether the bank's "not found" is final, on the bank's clock. */
export function isFinal(attempt: OperationAttempt, bank: bankProtocol.BankProfile, asOf: Instant): boolean {
  const finalAt = finalityOf(attempt, bank);
  return finalAt !== undefined && asOf > finalAt;
}

export function finalityOf(attempt: OperationAttempt, bank: bankProtocol.BankProfile): Instant | undefined {
  if (bank.enforcesValidUntil) return attempt.validUntil;
  // An idempotent bank without `validUntil` (birch) may perform it at any time: retry, or reverse.
  return bank.idempotent ? undefined : attempt.begunAt + bank.maxTransitMs;
}
