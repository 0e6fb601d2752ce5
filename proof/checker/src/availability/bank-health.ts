import { attemptsOf, type BankRequestEvidence, type JournalLine } from '../bank-request.js';
import type { ReceivedRequest } from '../evidence.js';
import type { FaultStretch } from '../faults.js';

/** A circuit breaker: the bank's shared one, or the isolated one of an account's charges with fault tokens. */
export interface BreakerName {
  readonly bank: string;
  readonly isolatedTo: string | undefined;
}

/** A failed attempt: noticed by its caller between `fromMs` and `untilMs`. */
interface Failure {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface JudgedAttempt {
  readonly attempt: BankRequestEvidence;
  readonly failure: Failure | undefined;
}

/** Consecutive failures that open a breaker. A share of failures opens it only from twenty calls on. */
const OPENS_ON_FAILURES = 3;
/** An attempt's time-out, plus the latency of its last message. */
const ATTEMPT_ENDS_WITHIN_MS = 2_100;
/** Longest latency of an answer without a fault. */
const ANSWERED_WITHIN_MS = 100;
/** Time within which a thawed process ends its calls. */
const AWAKE_WITHIN_MS = 1_000;

/** Faults that no breaker counts: the bank's answer is definite and in time. */
const harmless = new Set<string>(['refuse', 'reject', 'duplicate', 'inquiry_lag']);
/** Faults by which a caller misses the answer to its call. */
const interrupting = new Set<string>(['killed', 'frozen', 'terminated', 'slow_start', 'clock_step']);
const restarting = new Set<string>(['killed', 'terminated', 'slow_start']);
/** Faults by which requests do not reach the bank, so its journal lacks them. */
const unreachable = new Set<string>(['outage', 'bank_unreachable']);

/**
 * Whether a breaker may have been open, from the banks' journals and the faults. Only failures of this bank count, of
 * calls through this breaker, since its last success.
 */
export class BankHealth {
  readonly #attempts: ReadonlyMap<string, readonly BankRequestEvidence[]>;
  readonly #judged = new Map<string, readonly JudgedAttempt[]>();
  readonly #ofCharge: ReadonlyMap<string | undefined, readonly ReceivedRequest[]>;
  readonly #instances: readonly string[];
  /** A started instance first asks each bank for its time, and sends nothing else before it knows it. */
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
    // An instance may have tried although no bank has received a request of it.
    this.#timeQuestions = requests.filter(
      ({ operation, bank, attemptId }) => operation === 'statement' && attemptId?.startsWith(`time.${bank}.`),
    );
    this.#instances = [...new Set(attempts.map(({ instance }) => instance)), ''];
  }

  requestsOf(chargeId: string): readonly ReceivedRequest[] {
    return this.#ofCharge.get(chargeId) ?? [];
  }

  /** Whether an instance's breaker may have refused a call within this time. */
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

  /** Whether a fault struck the calling instance, or its connection to the bank, during the request. */
  isInterrupted({ bank, instanceId = '', at }: ReceivedRequest): boolean {
    return this.#interruption(bank, instanceId, at - ATTEMPT_ENDS_WITHIN_MS, at) !== undefined;
  }

  #mayBeOpen({ bank, isolatedTo = '' }: BreakerName, instance: string, fromMs: number, untilMs: number): boolean {
    const failures: Failure[] = [];
    let healthySinceMs = this.#startedMs(instance, fromMs);
    for (const { attempt, failure } of this.#judgedAt(`${bank} ${isolatedTo} ${instance}`)) {
      if (attempt.atMs > untilMs) break;
      if (failure) failures.push(failure);
      // A success counts only if its attempt began after the failures: an older one cannot close the breaker.
      else if (attempt.atMs + ANSWERED_WITHIN_MS <= fromMs)
        healthySinceMs = Math.max(healthySinceMs, attempt.notBeforeMs);
    }
    const unseen = this.#unseenFailures(bank, instance).filter((failure) => failure.fromMs <= untilMs);
    // One more attempt may have been frozen with its process before its first byte, so no journal has it.
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

  /** Last start of the instance: a new process has new breakers. */
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
