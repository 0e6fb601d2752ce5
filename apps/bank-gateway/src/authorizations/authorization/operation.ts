import assert from 'node:assert/strict';
import type { BankOrder, BankCallResult } from '#bank-call';
import type { Instant } from '#clock';
import type { Movement as PerformedAs, bankProtocol } from '#contracts';
import type { Money } from '#money';
import { authorizeReference, closingReference, strayReference } from './reference.js';

export type OperationKind = 'authorize' | 'capture' | 'void' | 'refund' | 'reversal';
/** What an operation asks of its bank; a reversal is asked for in its own way. */
export type MovementOrder = Extract<BankOrder, { kind: OperationKind }>;

/** One performance that a bank's statement shows and our books do not, by the bank's own id. */
export interface StrayMovement {
  readonly bankId: string;
  readonly movement: PerformedAs;
  readonly amount: Money;
}

/** One try at the wire. `begun` is committed before the first byte, so after a crash it may have arrived. */
export interface OperationAttempt {
  readonly id: string;
  /** On the bank's clock, at the latest. */
  readonly begunAt: Instant;
  /** On the bank's clock. */
  readonly validUntil: Instant;
  readonly outcome: AttemptOutcome;
  /** Why it was not processed, is in doubt, or was refused. */
  readonly detail: string | null;
  /** How long the call took, for people; absent while it runs, and when nobody came back from it. */
  readonly tookMs?: number;
}

/** What came of an attempt, as whoever made it tells. */
export interface AttemptResult {
  readonly attemptId: string;
  readonly outcome: BankCallResult<MovementOrder>;
  readonly tookMs?: number;
}

export type AttemptOutcome =
  /** It may be on the wire at this moment. */
  | 'begun'
  /** It may have been performed, or may be yet. */
  | 'doubt'
  /** It certainly moved nothing: it was never sent, or the bank says so. */
  | 'not_processed'
  /** It was in doubt. By the bank's final word it did not arrive, and never will. */
  | 'not_found'
  | 'performed'
  /** The bank's definite no; to a request that it cannot read, too. */
  | 'refused';

/** How an operation ended; null while it is live. */
export type OperationEnd =
  | { readonly kind: 'succeeded'; readonly bankId: string }
  /** The bank's definite no. */
  | { readonly kind: 'refused'; readonly code: string }
  /** An authorization, or a capture that gave way to a cancellation: nothing of it stands at this bank, and nothing will. */
  | { readonly kind: 'not_performed'; readonly reason: 'not_processed' | 'reversed_out_of_doubt' };

/** One thing asked of one bank under one reference, over as many attempts as it takes. */
export interface Operation {
  /** Ours, new per operation, kept across its attempts: `ch_….authorize.alder`. */
  readonly reference: string;
  readonly kind: OperationKind;
  readonly bank: bankProtocol.BankName;
  /** In the charge's currency. */
  readonly amountMinor: number;
  /** What a reversal undoes; null for all else. */
  readonly stray: StrayMovement | null;
  /** What the bank's statement showed under this reference before it had ended. One of them may be its own. */
  readonly suspects: readonly StrayMovement[];
  /** `reversing` is committed before the reversal is sent, and leads only to its end. */
  readonly phase: 'open' | 'reversing' | 'ended';
  readonly attempts: readonly OperationAttempt[];
  readonly inquiries: number;
  readonly reversals: number;
  /** Both on the bank's clock, so that no clock of ours can be set past a deadline. */
  readonly doubtSince: Instant | null;
  readonly troubledSince: Instant | null;
  /** Past its time and still asked for: a person should look. */
  readonly needsAttention: boolean;
  readonly end: OperationEnd | null;
  /** Grows with every save; who holds an older one has lost the operation to somebody else. */
  readonly version: number;
  /** When to look at it again, from now. Meaningless once it has ended. */
  readonly dueInMs: number;
}

/** What a worker knows of the world when it records something. */
export interface BankConditions {
  /** The bank's clock, at the earliest. */
  readonly bankNow: Instant;
  /** The breaker would refuse a movement at this bank. */
  readonly breakerOpen: boolean;
  /** Backoff before the n-th re-attempt of that lane, never earlier than its breaker's probe. */
  delayMs(reattempt: number, lane: 'movements' | 'inquiries'): number;
}

/** After so many attempts that certainly moved nothing, an authorization looks for another bank or fails. */
const AUTHORIZATION_ATTEMPTS_MAX = 6;
const REVERSE_AFTER_DOUBT_MS = 60_000;
const NEEDS_ATTENTION_AFTER_MS = 5 * 60_000;
/**
 * How long an operation is left to the instance that began or took it. Longer than a whole call with its
 * retries (5 s) and its recording take; whoever comes after it starts from doubt.
 */
export const OPERATION_LEASE_MS = 10_000;
/** Behind the moment at which "not found" can be final, so that the bank's own clock has passed it too. */
const FINALITY_MARGIN_MS = 50;

/** Operations that may not be live beside each other: at most one of them per charge. */
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

/** Begun as `reversing`: it is saved before it is sent, and there is no other way for it to end (rule 6). */
export function openReversal(chargeId: string, bank: bankProtocol.BankName, stray: StrayMovement): Operation {
  const reference = strayReference(chargeId, stray.bankId);
  const { amountMinor } = stray.amount;
  return { ...fresh({ reference, kind: 'reversal', bank, amountMinor }), stray, phase: 'reversing' };
}

function fresh(asked: Pick<Operation, 'reference' | 'kind' | 'bank' | 'amountMinor'>): Operation {
  return {
    ...asked,
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

/** Rule 10: every attempt is known to have moved nothing, and nobody is making one. */
export function isUnperformed(operation: Operation): boolean {
  const unperformed = ({ outcome }: OperationAttempt): boolean =>
    outcome === 'not_processed' || outcome === 'not_found' || outcome === 'refused';
  return isLive(operation) && operation.attempts.every(unperformed);
}

/** It is not wanted any more, and nothing of it was performed. */
export function withdraw(operation: Operation): Operation {
  assert(isUnperformed(operation), `${operation.reference} may have been performed`);
  return ended(operation, { kind: 'not_performed', reason: 'not_processed' });
}

/** What to do next with an operation that nobody is working on. */
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
  // An idempotent bank answers the same request the same way: asking again is the best inquiry. One that it could not
  // read told nothing of those before it, so each of these is followed by an inquiry.
  const unread = operation.attempts.filter(wasMalformed).length;
  return bank.idempotent && operation.inquiries >= unread ? 'attempt' : 'inquire';
}

/**
 * Rule 3: checked under the row lock, before anything is written to the wire.
 *
 * @returns undefined when this worker may not begin: the operation has ended, was taken by somebody else,
 * or has an attempt in doubt at a bank that would perform it twice
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

/** The two times of an attempt, both on the bank's clock (rule 2). */
export type AttemptTimes = Pick<OperationAttempt, 'begunAt' | 'validUntil'>;

/** Rule 2: the reference stays, the times are new for every attempt. It is left to its holder for a lease. */
export function appendAttempt(operation: Operation, { begunAt, validUntil }: AttemptTimes): Operation {
  const id = `${operation.reference}.${operation.attempts.length + 1}`;
  const attempt: OperationAttempt = { id, begunAt, validUntil, outcome: 'begun', detail: null };
  return { ...operation, attempts: [...operation.attempts, attempt], dueInMs: OPERATION_LEASE_MS };
}

/** Whoever held it is gone: what had begun may have arrived. */
export function takeOver(operation: Operation, moment: BankConditions): Operation {
  const attempts = operation.attempts.map((attempt): OperationAttempt =>
    attempt.outcome === 'begun' ? { ...attempt, outcome: 'doubt', detail: 'taken_over' } : attempt,
  );
  return goOn({ ...operation, attempts }, moment);
}

/** Records what came of attempts, the first answer first. An operation that has ended keeps its end (rules 5 and 6). */
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
 * The bank cannot read what is asked of it, and never will: the operation ends, unless an earlier attempt is in doubt
 * (rule 1). A void goes on to the reversal of its authorization (rule 9), and a reversal is asked for until a person
 * has looked: what it should undo may stand.
 */
function afterMalformed(operation: Operation): Operation {
  const known = { ...operation, attempts: operation.attempts.map(withoutOldDoubt) };
  if (!isUnperformed(known) || !known.attempts.some(wasMalformed)) return known;
  switch (known.kind) {
    case 'authorize':
      return ended(known, { kind: 'not_performed', reason: 'not_processed' });
    case 'capture':
    case 'refund':
      return ended(known, { kind: 'refused', code: MALFORMED });
    case 'void':
    case 'reversal':
      return known;
  }
}

/** Older versions recorded a bank's "malformed" as doubt, by its status, and asked for ever. */
function withoutOldDoubt(attempt: OperationAttempt): OperationAttempt {
  const wasAnsweredSo = attempt.detail === 'status_400' || attempt.detail === 'status_422';
  return attempt.outcome === 'doubt' && wasAnsweredSo ? { ...attempt, outcome: 'refused', detail: MALFORMED } : attempt;
}

/** Rule 9: a void that was refused, or may not have arrived, is followed by the reversal of the authorization. */
const isUndoneByReversal = (operation: Operation): boolean => operation.kind === 'void';

function endOf(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<MovementOrder>,
): OperationEnd | undefined {
  // Rule 6: from `reversing` there is one way only; an approval that arrives now is ignored.
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
      // Rule 1: a definite no ends only its own attempt, unless the bank remembers it for the reference.
      return bank.idempotent || !hasDoubt(operation) ? { kind: 'refused', code: answer.code } : undefined;
  }
}

/** What is known of an attempt for certain stays known: who was in doubt about it may report late. */
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
 * Records what the bank said when it was asked under our reference.
 *
 * @param asked how many attempts had begun when the question was sent: it says nothing of later ones (rule 4)
 */
export function recordInquiry(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<Extract<BankOrder, { kind: 'inquire' }>>,
  asked: number,
  moment: BankConditions,
): Operation {
  if (operation.phase !== 'open') return operation;
  assert(
    operation.kind !== 'void' && operation.kind !== 'reversal',
    'a void in doubt is not asked about, it is followed by a reversal',
  );
  const performedAs = operation.kind === 'authorize' ? 'authorization' : operation.kind;
  const inquired = { ...operation, inquiries: operation.inquiries + 1 };
  if (outcome.kind !== 'answered') {
    const known = isMalformed(outcome) ? afterMalformed(inquired) : inquired;
    return isLive(known) ? goOn(known, moment, bank) : known;
  }
  const { answer } = outcome;
  if (answer.state === 'found') {
    const standing = answer.performances.find(({ kind, undoneBy }) => kind === performedAs && undoneBy === undefined);
    if (standing) return ended(inquired, { kind: 'succeeded', bankId: standing.bankId });
    // It was undone at the bank, not by us. A reversal makes sure that nothing more of it arrives.
    return operation.kind === 'authorize' ? startReversal(inquired) : goOn(inquired, moment, bank);
  }
  const attempts = inquired.attempts.map((attempt, index): OperationAttempt =>
    index < asked && inDoubt(attempt) && isFinal(attempt, bank, answer.asOf)
      ? { ...attempt, outcome: 'not_found', detail: null }
      : attempt,
  );
  return goOn({ ...inquired, attempts }, moment, bank);
}

/**
 * What a bank promises, as time counts here: from `begun`. A message may be written as late as its attempt's time-out
 * (the age is checked then, rule 3), and only from there on does a bank without better proof vouch for it.
 */
export const countedFromBegun = (
  bank: bankProtocol.BankProfile,
  attemptTimeoutMs: number,
): bankProtocol.BankProfile => ({
  ...bank,
  maxTransitMs: bank.maxTransitMs + attemptTimeoutMs,
});

/** Rule 4: when the bank's "not found" can be believed. No clock of ours decides. */
function isFinal(attempt: OperationAttempt, bank: bankProtocol.BankProfile, asOf: Instant): boolean {
  const finalAt = finalityOf(attempt, bank);
  return finalAt !== undefined && asOf > finalAt;
}

function finalityOf(attempt: OperationAttempt, bank: bankProtocol.BankProfile): Instant | undefined {
  if (bank.enforcesValidUntil) return attempt.validUntil;
  // An idempotent bank without deadlines (birch) may perform it at any time: ask again, or reverse.
  return bank.idempotent ? undefined : attempt.begunAt + bank.maxTransitMs;
}

/** Commits to undoing it: rule 6. */
export function startReversal(operation: Operation): Operation {
  assert(
    operation.phase === 'open' && (operation.kind === 'authorize' || operation.kind === 'void'),
    'only an authorization, or a void by its authorization, is reversed',
  );
  return { ...operation, phase: 'reversing', dueInMs: 0 };
}

/** Records what the bank said to the reversal: rule 7. */
export function recordReversal(
  operation: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<Extract<BankOrder, { kind: 'reverse' }>>,
  moment: BankConditions,
): Operation {
  if (operation.phase !== 'reversing') return operation;
  const told = isMalformed(outcome) ? afterMalformed(operation) : operation;
  const asked = { ...told, reversals: told.reversals + 1 };
  if (!isLive(asked)) return asked;
  if (outcome.kind !== 'answered' || !acknowledges(asked, bank, outcome.answer)) return goOn(asked, moment, bank);
  if (asked.kind === 'authorize') return ended(asked, { kind: 'not_performed', reason: 'reversed_out_of_doubt' });
  return ended(asked, {
    kind: 'succeeded',
    bankId: reversalId(outcome.answer, asked.stray?.bankId) ?? asked.reference,
  });
}

/** The bank's id of what undid it; a reversal may undo more than its target, everything that stands on it. */
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
      // This bank does not fence. Once every attempt is older than any message lives, nothing can arrive any more;
      // but if one has been approved since, this answer is older than that, and the bank knows more by now.
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

/** The operation is still live: when is it looked at again, and has it been in trouble for too long? */
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
