import type { BankCallResult } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { afterMalformed, isMalformed } from './malformed-request.js';
import { continueOperation, type BankConditions } from './next-action.js';
import {
  ended,
  hasDoubt,
  inDoubt,
  isLive,
  isUndoneByReversal,
  type MovementOrder,
  type Operation,
  type OperationAttempt,
  type OperationEnd,
} from './operation.js';

/** An operation's lease. Longer than a call with its retries (5 s) and recording. The next holder starts from doubt. */
export const OPERATION_LEASE_MS = 10_000;

/** The result of an attempt, from the worker that made it. */
export interface AttemptResult {
  readonly attemptId: string;
  readonly outcome: BankCallResult<MovementOrder>;
  readonly tookMs?: number;
}

/** An attempt's times on the bank's clock (rule 2). */
export type AttemptTimes = Pick<OperationAttempt, 'begunAt' | 'validUntil'>;

/**
 * Rule 3: checked under the row lock, before the request is written.
 *
 * @returns undefined if this worker must not begin: the operation has ended, another worker has it, or an attempt is in
 * doubt at a bank that would perform it twice
 */
export function begin(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  held: { readonly version: number },
  times: AttemptTimes,
): Operation | undefined {
  if (operation.phase !== 'open' || operation.version !== held.version) return undefined;
  if (!bank.idempotent && hasDoubt(operation)) return undefined;
  return appendAttempt(operation, times);
}

/** Rule 2: same reference, new times. Renews the holder's lease. */
export function appendAttempt(operation: Operation, { begunAt, validUntil }: AttemptTimes): Operation {
  const id = `${operation.reference}.${operation.attempts.length + 1}`;
  const attempt: OperationAttempt = { id, begunAt, validUntil, outcome: 'begun', detail: null };
  return { ...operation, attempts: [...operation.attempts, attempt], dueInMs: OPERATION_LEASE_MS };
}

/** The former holder's lease expired: its attempt may have arrived. */
export function takeOver(operation: Operation, moment: BankConditions): Operation {
  const attempts = operation.attempts.map((attempt): OperationAttempt =>
    attempt.outcome === 'begun' ? { ...attempt, outcome: 'doubt', detail: 'taken_over' } : attempt,
  );
  return continueOperation({ ...operation, attempts }, moment);
}

/** Records results of attempts. An operation that has ended keeps its end (rules 5 and 6). */
export function recordAttempts(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  reports: readonly AttemptResult[],
  moment: BankConditions,
): Operation {
  if (!isLive(operation)) return operation;
  let current = operation;
  for (const { attemptId, outcome, tookMs } of reports) {
    current = {
      ...current,
      attempts: current.attempts.map((attempt) =>
        attempt.id === attemptId ? close(attempt, outcome, tookMs) : attempt,
      ),
    };
    if (isMalformed(outcome)) current = afterMalformed(current);
    if (!isLive(current)) return current;
    const end = endOf(current, bank, outcome);
    if (end) return ended(current, end);
  }
  return continueOperation(current, moment, bank);
}

function endOf(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<MovementOrder>,
): OperationEnd | undefined {
  // Rule 6: an approval that arrives while reversing is ignored.
  if (outcome.kind !== 'answered' || operation.phase === 'reversing') return undefined;
  const { answer } = outcome;
  switch (answer.state) {
    case 'approved':
    case 'captured':
    case 'voided':
    case 'refunded':
      return { kind: 'succeeded', bankId: answer.bankId };
    case 'declined':
    case 'refused':
      if (isUndoneByReversal(operation)) return undefined;
      // Rule 1: a refusal ends only its attempt, unless the bank is idempotent.
      return bank.idempotent || !hasDoubt(operation) ? { kind: 'refused', code: answer.code } : undefined;
  }
}

/** A settled attempt stays settled: a worker may report its doubt late. */
function close(attempt: OperationAttempt, outcome: BankCallResult<MovementOrder>, tookMs?: number): OperationAttempt {
  if (!inDoubt(attempt)) return attempt;
  const timed = tookMs === undefined ? attempt : { ...attempt, tookMs: Math.round(tookMs) };
  switch (outcome.kind) {
    case 'answered':
      return 'code' in outcome.answer
        ? { ...timed, outcome: 'refused', detail: outcome.answer.code }
        : { ...timed, outcome: 'performed', detail: null };
    case 'not_processed':
      return { ...timed, outcome: isMalformed(outcome) ? 'refused' : 'not_processed', detail: outcome.reason };
    case 'doubt':
      return { ...timed, outcome: 'doubt', detail: outcome.reason };
  }
}
