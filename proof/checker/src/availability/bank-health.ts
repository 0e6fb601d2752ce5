import { attemptsOf, type BankRequestEvidence, type JournalLine } from '../bank-request.js';
import type { ReceivedRequest } from '../evidence.js';
import type { FaultStretch } from '../faults.js';

/** Whose breaker: the bank's own, or the one that an account has to itself for its charges with fault tokens. */
export interface BreakerName {
  readonly bank: string;
  readonly isolatedTo: string | undefined;
}

/** From `fromMs`, when it may have been noticed first, until `untilMs`, when every caller has noticed. */
interface Failure {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface JudgedAttempt {
  readonly attempt: BankRequestEvidence;
  readonly failure: Failure | undefined;
}

/** So many failures in a row open a breaker; it opens on a share of failures only from twenty calls on. */
const OPENS_ON_FAILURES = 3;
/** An attempt's time-out, and what its last message took. */
const ATTEMPT_ENDS_WITHIN_MS = 2_100;
/** What an answer takes on its way back, at the most, where no fault holds it up. */
const ANSWERED_WITHIN_MS = 100;
/** A thawed process ends its calls within this time. */
const AWAKE_WITHIN_MS = 1_000;

/** The bank in good order: what its caller hears of these is a definite answer in time, or nothing of its own clockwork. */
const harmless = new Set<string>(['refuse', 'reject', 'duplicate', 'inquiry_lag']);
/** Whoever calls then does not learn what came of it. */
const interrupting = new Set<string>(['killed', 'frozen', 'terminated', 'slow_start', 'clock_step']);
const restarting = new Set<string>(['killed', 'terminated', 'slow_start']);
/** Nothing arrives at the bank then, so its journal does not show who has tried. */
const unreachable = new Set<string>(['outage', 'bank_unreachable']);

/**
 * What banks did to their callers, from their journals and from the faults between: may a breaker have been open?
 * It says so only with that bank's own failures, of calls that pass that very breaker, since its last success.
 */
export class BankHealth {
  readonly #attempts: ReadonlyMap<string, readonly BankRequestEvidence[]>;
  readonly #judged = new Map<string, readonly JudgedAttempt[]>();
  readonly #ofCharge: ReadonlyMap<string | undefined, readonly ReceivedRequest[]>;
  readonly #instances: readonly string[];
  /** Instances that have just started ask each bank for its time, and ask it for nothing else before they know it. */
  readonly #timeQuestions: readonly ReceivedRequest[];

  constructor(
    requests: readonly ReceivedRequest[],
    private readonly faults: readonly FaultStretch[],
  ) {
    const movements = requests.filter(({ operation }) => operation !== 'inquire' && operation !== 'statement');
    const attempts = attemptsOf(movements as readonly JournalLine[]);
    this.#attempts = Map.groupBy(
      attempts,
      ({ bank, isolatedTo = '', instance }) => `${bank} ${isolatedTo} ${instance}`,
    );
    this.#ofCharge = Map.groupBy(requests, ({ chargeId }) => chargeId);
    // One that no bank has heard of yet may have tried all the same.
    this.#timeQuestions = requests.filter(
      ({ operation, bank, attemptId }) => operation === 'statement' && attemptId?.startsWith(`time.${bank}.`),
    );
    this.#instances = [...new Set(attempts.map(({ instance }) => instance)), ''];
  }

  requestsOf(chargeId: string): readonly ReceivedRequest[] {
    return this.#ofCharge.get(chargeId) ?? [];
  }

  /** The breaker of an instance may have refused a call that was made between these two moments. */
  mayRefuse(breaker: BreakerName, fromMs: number, untilMs: number): boolean {
    return (
      this.#instances.some((instance) => this.#mayBeOpen(breaker, instance, fromMs, untilMs)) ||
      this.#hasNotToldItsTime(breaker.bank, fromMs, untilMs)
    );
  }

  #hasNotToldItsTime(bank: string, fromMs: number, untilMs: number): boolean {
    const questions = this.#timeQuestions.filter((question) => question.bank === bank && question.at <= untilMs);
    return questions.some(
      (struck) =>
        struck.fault !== undefined &&
        !questions.some(
          (other) =>
            other.instanceId === struck.instanceId &&
            other.fault === undefined &&
            other.at > struck.at &&
            other.at + ANSWERED_WITHIN_MS <= fromMs,
        ),
    );
  }

  /** The instance that made this request, or the way between the two, was struck while it was under way. */
  isInterrupted({ bank, instanceId = '', at }: ReceivedRequest): boolean {
    return this.#interruption(bank, instanceId, at - ATTEMPT_ENDS_WITHIN_MS, at) !== undefined;
  }

  #mayBeOpen({ bank, isolatedTo = '' }: BreakerName, instance: string, fromMs: number, untilMs: number): boolean {
    const failures: Failure[] = [];
    let healthySinceMs = this.#startedMs(instance, fromMs);
    for (const { attempt, failure } of this.#judgedAt(`${bank} ${isolatedTo} ${instance}`)) {
      if (attempt.atMs > untilMs) break;
      if (failure) failures.push(failure);
      // A success closes a breaker only if the attempt began after the failures that had opened it.
      else if (attempt.atMs + ANSWERED_WITHIN_MS <= fromMs)
        healthySinceMs = Math.max(healthySinceMs, attempt.notBeforeMs);
    }
    const unseen = this.#unseenFailures(bank, instance).filter((failure) => failure.fromMs <= untilMs);
    // One more may have stood still with its process before its first byte, of which no bank knows.
    const stoodStill = this.faults.filter(
      ({ kind, at, fromMs }) => kind === 'frozen' && at.instance === instance && fromMs <= untilMs,
    );
    if (unseen.length === 0 && failures.length + stoodStill.length < OPENS_ON_FAILURES) return false;
    return [...failures, ...unseen].some((failure) => failure.untilMs > healthySinceMs);
  }

  #judgedAt(breaker: string): readonly JudgedAttempt[] {
    const known = this.#judged.get(breaker);
    if (known) return known;
    const attempts = this.#attempts.get(breaker) ?? [];
    const judged = attempts.map((attempt) => ({ attempt, failure: this.#failureOf(attempt) }));
    this.#judged.set(breaker, judged);
    return judged;
  }

  #failureOf({ bank, instance, atMs, notBeforeMs, fault }: BankRequestEvidence): Failure | undefined {
    const interruption = this.#interruption(bank, instance, notBeforeMs, atMs);
    if (interruption) {
      const endsMs = Math.max(atMs + ATTEMPT_ENDS_WITHIN_MS, interruption.untilMs + AWAKE_WITHIN_MS);
      return { fromMs: atMs, untilMs: endsMs };
    }
    if (fault === undefined || harmless.has(fault)) return undefined;
    return { fromMs: atMs, untilMs: atMs + ATTEMPT_ENDS_WITHIN_MS };
  }

  #interruption(bank: string, instance: string, beganMs: number, arrivedMs: number): FaultStretch | undefined {
    return this.faults.find(
      ({ kind, at, fromMs, untilMs }) =>
        fromMs <= arrivedMs + ATTEMPT_ENDS_WITHIN_MS &&
        untilMs >= beganMs &&
        (interrupting.has(kind) ? at.instance === instance : kind === 'bank_unreachable' && isAt(at, bank, instance)),
    );
  }

  #unseenFailures(bank: string, instance: string): Failure[] {
    return this.faults
      .filter(({ kind, at, charge }) => unreachable.has(kind) && charge === undefined && isAt(at, bank, instance))
      .map(({ fromMs, untilMs }) => ({ fromMs, untilMs: untilMs + ATTEMPT_ENDS_WITHIN_MS }));
  }

  /** With a process go its breakers: when it was struck down for the last time before. */
  #startedMs(instance: string, beforeMs: number): number {
    return Math.max(
      -Infinity,
      ...this.faults
        .filter(({ kind, at, fromMs }) => restarting.has(kind) && at.instance === instance && fromMs <= beforeMs)
        .map(({ fromMs }) => fromMs),
    );
  }
}

const isAt = (at: FaultStretch['at'], bank: string, instance: string): boolean =>
  (at.bank === undefined || at.bank === bank) &&
  (at.instance === undefined || instance === '' || at.instance === instance);
