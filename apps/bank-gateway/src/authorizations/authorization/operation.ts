import assert from 'node:assert/strict';
import type { BankOrder, BankCallResult } from '#bank-call';
import type { Instant } from '#clock';
import type { Movement as PerformedAs, bankProtocol } from '#contracts';
import type { Money } from '#money';
import { authorizeReference, closingReference, strayReference } from './reference.js';

export type OperationKind = 'authorize' | 'capture' | 'void' | 'refund' | 'reversal';
/** The order of an operation that is no reversal. */
export type MovementOrder = Extract<BankOrder, { kind: OperationKind }>;

/** A performance that a bank's statement lists and the ledger has not recorded, by its bank id. */
export interface StrayMovement {
  readonly bankId: string;
  readonly movement: PerformedAs;
  readonly amount: Money;
}

/** One attempt. `begun` is committed before the first byte, so after a crash it may have arrived. */
export interface OperationAttempt {
  readonly id: string;
  /** On the bank's clock, upper bound. */
  readonly begunAt: Instant;
  /** On the bank's clock. */
  readonly validUntil: Instant;
  readonly outcome: AttemptOutcome;
  /** The reason for not processed, doubt or refused. */
  readonly detail: string | null;
  /** The call's duration, for operators. Undefined while it runs, and after a crash of its process. */
  readonly tookMs?: number;
}

/** The result of an attempt, from the worker that made it. */
export interface AttemptResult {
  readonly attemptId: string;
  readonly outcome: BankCallResult<MovementOrder>;
  readonly tookMs?: number;
}

export type AttemptOutcome =
  /** It may be on the wire. */
  | 'begun'
  /** The bank may have performed it, or may do so later. */
  | 'doubt'
  /** It moved no money: never sent, or the bank says so. */
  | 'not_processed'
  /** It was in doubt; by the bank's final answer it did not arrive and never will. */
  | 'not_found'
  | 'performed'
  /** Refused by the bank, or malformed. */
  | 'refused';

/** The end of an operation; null while it is live. */
export type OperationEnd =
  | { readonly kind: 'succeeded'; readonly bankId: string }
  /** Refused by the bank. */
  | { readonly kind: 'refused'; readonly code: string }
  /** An authorization, or a capture that a cancellation replaced: this bank has not performed it and never will. */
  | { readonly kind: 'not_performed'; readonly reason: 'not_processed' | 'reversed_out_of_doubt' };

/** One request to one bank under one reference, over all its attempts. */
export interface Operation {
  /** Our name for it, the same for all attempts: `ch_….authorize.alder`. */
  readonly reference: string;
  readonly kind: OperationKind;
  readonly bank: bankProtocol.BankName;
  /** In the charge's currency. */
  readonly amountMinor: number;
  /** The target of a reversal; null for other kinds. */
  readonly stray: StrayMovement | null;
  /** Performances that a statement listed under this reference while it was live. One may be its own. */
  readonly suspects: readonly StrayMovement[];
  /** `reversing` is committed before the reversal is sent, and leads only to its end. */
  readonly phase: 'open' | 'reversing' | 'ended';
  readonly attempts: readonly OperationAttempt[];
  readonly inquiries: number;
  readonly reversals: number;
  /** Both times are on the bank's clock, so that our clocks cannot skip a deadline. */
  readonly doubtSince: Instant | null;
  readonly troubledSince: Instant | null;
  /** In trouble for long, and still retried: an operator should look. */
  readonly needsAttention: boolean;
  readonly end: OperationEnd | null;
  /** Optimistic lock: rises with every save. A worker with an older version has lost the operation. */
  readonly version: number;
  /** The delay until its next action. Ignored once it has ended. */
  readonly dueInMs: number;
}

/** The bank's clock and breaker when a worker records a result. */
export interface BankConditions {
  /** The bank's clock, lower bound. */
  readonly bankNow: Instant;
  /** The bank's breaker refuses movements. */
  readonly breakerOpen: boolean;
  /** The backoff before the n-th retry in that lane, never before its breaker's probe. */
  delayMs(reattempt: number, lane: 'movements' | 'inquiries'): number;
}

/** After this many attempts that were not processed, an authorization tries another bank or fails. */
const AUTHORIZATION_ATTEMPTS_MAX = 6;
const REVERSE_AFTER_DOUBT_MS = 60_000;
const NEEDS_ATTENTION_AFTER_MS = 5 * 60_000;
/** An operation's lease. Longer than a call with its retries (5 s) and recording. The next holder starts from doubt. */
export const OPERATION_LEASE_MS = 10_000;
/** Added to the time at which "not found" is final, so that the bank's clock has passed it too. */
const FINALITY_MARGIN_MS = 50;

/** Kinds of which a charge may have at most one live operation. */
export type SlotKind = Extract<OperationKind, 'authorize' | 'capture' | 'void'>;
export const takesSlot = ({ kind }: Operation): boolean => kind !== 'refund' && kind !== 'reversal';

export function openOperation(
  kind: SlotKind,
  bank: bankProtocol.BankName,
  chargeId: string,
  amountMinor: number,
): Operation {
  const reference = kind === 'authorize' ? authorizeReference(chargeId, bank) : closingReference(chargeId, kind);
  return fresh({ reference, kind, bank, amountMinor });
}

export function openRefund(reference: string, bank: bankProtocol.BankName, amountMinor: number): Operation {
  return fresh({ reference, kind: 'refund', bank, amountMinor });
}

/** Starts as `reversing`, so that it can only end by an acknowledgement (rule 6). */
export function openReversal(chargeId: string, bank: bankProtocol.BankName, stray: StrayMovement): Operation {
  const reference = strayReference(chargeId, stray.bankId);
  const { amountMinor } = stray.amount;
  return { ...fresh({ reference, kind: 'reversal', bank, amountMinor }), stray, phase: 'reversing' };
}

function fresh(parts: Pick<Operation, 'reference' | 'kind' | 'bank' | 'amountMinor'>): Operation {
  return {
    ...parts,
    stray: null,
    suspects: [],
    phase: 'open',
    attempts: [],
    inquiries: 0,
    reversals: 0,
    doubtSince: null,
    troubledSince: null,
    needsAttention: false,
    end: null,
    version: 0,
    dueInMs: 0,
  };
}

export const isLive = (operation: Operation): boolean => operation.phase !== 'ended';
const inDoubt = (attempt: OperationAttempt): boolean => attempt.outcome === 'begun' || attempt.outcome === 'doubt';
const hasDoubt = (operation: Operation): boolean => operation.attempts.some(inDoubt);

/** Rule 10: every attempt is known to have moved no money, and none is in flight. */
export function isUnperformed(operation: Operation): boolean {
  const unperformed = ({ outcome }: OperationAttempt): boolean =>
    outcome === 'not_processed' || outcome === 'not_found' || outcome === 'refused';
  return isLive(operation) && operation.attempts.every(unperformed);
}

/** Ends an operation that was canceled and not performed. */
export function withdraw(operation: Operation): Operation {
  assert(isUnperformed(operation), `${operation.reference} may have been performed`);
  return ended(operation, { kind: 'not_performed', reason: 'not_processed' });
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

/** An attempt's times on the bank's clock (rule 2). */
export type AttemptTimes = Pick<OperationAttempt, 'begunAt' | 'validUntil'>;

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
  return goOn({ ...operation, attempts }, moment);
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
  return goOn(current, moment, bank);
}

const MALFORMED = 'malformed';
const isMalformed = (outcome: BankCallResult): boolean =>
  outcome.kind === 'not_processed' && outcome.reason === MALFORMED;
const wasMalformed = ({ outcome, detail }: OperationAttempt): boolean => outcome === 'refused' && detail === MALFORMED;

/**
 * A malformed request ends the operation, unless an earlier attempt is in doubt (rule 1). A void goes on to the reversal
 * (rule 9); a reversal is retried and needs attention, since its target may stand.
 */
function afterMalformed(operation: Operation): Operation {
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

/** Rule 9: a void that is refused or in doubt is followed by the reversal of its authorization. */
const isUndoneByReversal = (operation: Operation): boolean => operation.kind === 'void';

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
    'a void in doubt is not attemptsBegun about, it is followed by a reversal',
  );
  const performedAs = operation.kind === 'authorize' ? 'authorization' : operation.kind;
  const inquired = { ...operation, inquiries: operation.inquiries + 1 };
  if (outcome.kind !== 'answered') {
    const updated = isMalformed(outcome) ? afterMalformed(inquired) : inquired;
    return isLive(updated) ? goOn(updated, moment, bank) : updated;
  }
  const { answer } = outcome;
  if (answer.state === 'found') {
    const standing = answer.performances.find(({ kind, undoneBy }) => kind === performedAs && undoneBy === undefined);
    if (standing) return ended(inquired, { kind: 'succeeded', bankId: standing.bankId });
    // The bank undid it, not we. A reversal ensures that no late message performs it again.
    return operation.kind === 'authorize' ? startReversal(inquired) : goOn(inquired, moment, bank);
  }
  const attempts = inquired.attempts.map((attempt, index): OperationAttempt =>
    index < attemptsBegun && inDoubt(attempt) && isFinal(attempt, bank, answer.asOf)
      ? { ...attempt, outcome: 'not_found', detail: null }
      : attempt,
  );
  return goOn({ ...inquired, attempts }, moment, bank);
}

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
function isFinal(attempt: OperationAttempt, bank: bankProtocol.BankProfile, asOf: Instant): boolean {
  const finalAt = finalityOf(attempt, bank);
  return finalAt !== undefined && asOf > finalAt;
}

function finalityOf(attempt: OperationAttempt, bank: bankProtocol.BankProfile): Instant | undefined {
  if (bank.enforcesValidUntil) return attempt.validUntil;
  // An idempotent bank without `validUntil` (birch) may perform it at any time: retry, or reverse.
  return bank.idempotent ? undefined : attempt.begunAt + bank.maxTransitMs;
}

/** Rule 6. */
export function startReversal(operation: Operation): Operation {
  assert(
    operation.phase === 'open' && (operation.kind === 'authorize' || operation.kind === 'void'),
    'only an authorization, or a void by its authorization, is reversed',
  );
  return { ...operation, phase: 'reversing', dueInMs: 0 };
}

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
  if (outcome.kind !== 'answered' || !acknowledges(updated, bank, outcome.answer)) return goOn(updated, moment, bank);
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

const ended = (operation: Operation, end: OperationEnd): Operation => ({
  ...operation,
  phase: 'ended',
  end,
  needsAttention: false,
});

/** Sets the next due time and `needsAttention` of a live operation. */
function goOn(operation: Operation, moment: BankConditions, bank?: bankProtocol.BankProfile): Operation {
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
