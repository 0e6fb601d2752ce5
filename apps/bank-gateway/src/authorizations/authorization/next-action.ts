import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { finalityOf } from './finality.js';
import { wasMalformed } from './malformed-request.js';
import { ended, hasDoubt, inDoubt, isLive, isUndoneByReversal, startReversal, type Operation } from './operation.js';

/** After this many attempts that were not processed, an authorization tries another bank or fails. */
const AUTHORIZATION_ATTEMPTS_MAX = 6;
const REVERSE_AFTER_DOUBT_MS = 60_000;
const NEEDS_ATTENTION_AFTER_MS = 5 * 60_000;
/** Added to the time at which "not found" is final, so that the bank's clock has passed it too. */
const FINALITY_MARGIN_MS = 50;

/** The bank's clock and breaker when a worker records a result. */
export interface BankConditions {
  /** The bank's clock, lower bound. */
  readonly bankNow: Instant;
  /** The bank's breaker refuses movements. */
  readonly breakerOpen: boolean;
  /** The backoff before the n-th retry in that lane, never before its breaker's probe. */
  delayMs(reattempt: number, lane: 'movements' | 'inquiries'): number;
}

/** The next action for a live operation without a worker. */
export type NextAction = 'attempt' | 'inquire' | 'start_reversal' | 'reverse';

export function nextAction(operation: Operation, bank: bankProtocol.BankProfile, bankNow: Instant): NextAction {
  assert(isLive(operation), `${operation.reference} has ended`);
  if (operation.phase === 'reversing') return 'reverse';
  if (!hasDoubt(operation)) return 'attempt';
  if (
    operation.kind === 'authorize' &&
    operation.doubtSince !== null &&
    bankNow - operation.doubtSince >= REVERSE_AFTER_DOUBT_MS
  ) {
    return 'start_reversal';
  }
  // An idempotent bank repeats its answer, so a retry is the best inquiry. A malformed attempt says nothing about earlier
  // ones, so an inquiry follows it.
  const unread = operation.attempts.filter(wasMalformed).length;
  return bank.idempotent && operation.inquiries >= unread ? 'attempt' : 'inquire';
}

/** Sets the next due time and `needsAttention` of a live operation. */
export function continueOperation(
  operation: Operation,
  moment: BankConditions,
  bank?: bankProtocol.BankProfile,
): Operation {
  const doubt = hasDoubt(operation);
  const troubledSince = operation.troubledSince ?? moment.bankNow;
  const live: Operation = {
    ...operation,
    troubledSince,
    doubtSince: doubt ? (operation.doubtSince ?? moment.bankNow) : null,
    needsAttention: moment.bankNow - troubledSince >= NEEDS_ATTENTION_AFTER_MS,
  };
  if (live.phase === 'reversing') return { ...live, dueInMs: moment.delayMs(live.reversals, 'movements') };
  const refused = live.attempts.some(({ outcome }) => outcome === 'refused');
  if (isUndoneByReversal(live) && (doubt || refused)) return startReversal(live);
  if (!doubt) {
    const givesUp =
      live.kind === 'authorize' && (moment.breakerOpen || live.attempts.length >= AUTHORIZATION_ATTEMPTS_MAX);
    if (givesUp) return ended(live, { kind: 'not_performed', reason: 'not_processed' });
    return { ...live, dueInMs: moment.delayMs(live.attempts.length, 'movements') };
  }
  if (!bank) return { ...live, dueInMs: 0 };
  if (bank.idempotent) return { ...live, dueInMs: moment.delayMs(live.attempts.length, 'movements') };
  const finalInMs = live.attempts
    .filter(inDoubt)
    .map((attempt) => (finalityOf(attempt, bank) ?? Infinity) - moment.bankNow);
  const delayMs = moment.delayMs(live.inquiries + 1, 'inquiries');
  const untilFinalMs = Math.max(...finalInMs) + FINALITY_MARGIN_MS;
  return { ...live, dueInMs: untilFinalMs > 0 ? Math.min(delayMs, untilFinalMs) : delayMs };
}
