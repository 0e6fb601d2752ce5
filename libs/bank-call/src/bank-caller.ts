import assert from 'node:assert';
import { DelegateBackoff, handleWhenResult, retry, type RetryPolicy } from 'cockatiel';
import { fullJitterMs, type Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { withTimeout } from './attempt-timeout.js';
import { checkLimits, type BankConfig } from './bank-config.js';
import type { BankCallObserver } from './bank-call-observer.js';
import type { Attempt, BankPort } from './bank-port.js';
import { stamped, type BankOrder } from './bank-order.js';
import type { BreakerState, BreakerTransition } from './breaker-transition.js';
import { Bulkhead, type KeptSlots, type Slot } from './bulkhead.js';
import { classify } from './classify.js';
import { verdictOf } from './health-verdict.js';
import { laneOf, type Lane } from './lane.js';
import { LaneBreaker } from './lane-breaker.js';
import type { Outcome } from './outcome.js';
import { isRepeatable } from './repetition.js';
import { RetryBudget } from './retry-budget.js';

export interface CallOptions {
  /** The first attempt, durably `begun`. */
  attempt: Attempt;
  /** Reserved earlier by `tryReserve`; the call releases it. Without one the call reserves for itself. */
  slot?: Slot | undefined;
  /**
   * Commits `begun` for a further attempt and hands it out, or refuses by `undefined` (lease lost, operation
   * closed, database away). Without it the call makes one attempt. If it rejects, so does the call.
   *
   * @param number 2 for the second attempt
   * @param previous what the attempt before it came to, for who has to record that before beginning another
   */
  beforeReattempt?: ((number: number, previous: AttemptReport<BankOrder>) => Promise<Attempt | undefined>) | undefined;
  /** Begin no attempt that could end later than this after now; the limits' `callMs` unless given. */
  withinMs?: number | undefined;
  /** Once aborted, no further attempt begins. What is on the wire is waited for. */
  signal?: AbortSignal | undefined;
  /** W3C trace context. */
  traceparent?: string | undefined;
}

export interface AttemptReport<O extends BankOrder> {
  attempt: Attempt;
  outcome: Outcome<O>;
  /** From before the breaker until the outcome was known. */
  tookMs: number;
}

export interface CallReport<O extends BankOrder> {
  /** Of the last attempt. It does not speak for those before it. */
  outcome: Outcome<O>;
  /** Every attempt that had begun, in order; empty only when the bulkhead was full. */
  attempts: readonly AttemptReport<O>[];
}

export interface BankCallerOptions {
  config: BankConfig;
  port: BankPort;
  clock: Clock;
  observer?: BankCallObserver;
  isolation?: Isolation | undefined;
}

/** Sets a caller apart from another of the same bank: what happens to its calls counts only here. */
export interface Isolation {
  readonly account: string;
  /** The caller of the bank's ordinary traffic. While its breaker is open, nothing passes here either. */
  readonly shared: BankCaller;
  /** Bounds all isolated callers of the bank together. */
  readonly within: Bulkhead;
}

/**
 * Calls one bank. Outermost first: bulkhead, retry, breaker, time-out of the attempt, wire.
 */
export class BankCaller {
  readonly config: BankConfig;
  readonly #port: BankPort;
  readonly #clock: Clock;
  readonly #observer: BankCallObserver;
  readonly #isolation: Isolation | undefined;
  readonly #bulkhead: Bulkhead;
  readonly #retry: RetryPolicy;
  readonly #budget: RetryBudget;
  readonly #breakers: Readonly<Record<Lane, LaneBreaker>>;
  readonly #listeners = new Set<(transition: BreakerTransition) => void>();

  constructor({ config, port, clock, observer = {}, isolation }: BankCallerOptions) {
    const { name, limits } = config;
    checkLimits(limits);
    this.config = config;
    this.#port = port;
    this.#clock = clock;
    this.#observer = observer;
    this.#isolation = isolation;
    this.#bulkhead = new Bulkhead(
      limits.inFlight,
      (inFlight) => observer.inFlightChanged?.(name, inFlight),
      isolation?.within,
    );
    this.#budget = new RetryBudget(limits.retryBudget);
    this.#breakers = { movements: this.#breaker('movements'), inquiries: this.#breaker('inquiries') };
    // The predicate only reads a decision made where the call's deadline and the bank's state are at hand.
    // Nothing that is thrown is retried: a bug is no reason to ask a bank again.
    this.#retry = retry(
      handleWhenResult((result) => (result as { again: boolean }).again),
      {
        // cockatiel counts repetitions, not attempts.
        maxAttempts: limits.attempts - 1,
        backoff: new DelegateBackoff(() =>
          fullJitterMs(1, { baseMs: limits.pauseMs, capMs: limits.pauseMs }, () => clock.random()),
        ),
      },
    );
  }

  /** A slot to take before `begun` is committed; `undefined` when the bulkhead is full. */
  tryReserve(): Slot | undefined {
    return this.#bulkhead.tryReserve();
  }

  /** Keeps what is free, up to so many, for who looks for work first. */
  keepSlots(atMost: number): KeptSlots {
    return this.#bulkhead.keep(atMost);
  }

  get freeSlots(): number {
    return this.#bulkhead.free;
  }

  get inFlight(): number {
    return this.#bulkhead.inFlight;
  }

  /** Of this caller's own breaker. */
  state(lane: Lane): BreakerState {
    return this.#breakers[lane].state;
  }

  /** Milliseconds until the lane's breakers may let an attempt pass; 0 when they would now. */
  untilProbeMs(lane: Lane): number {
    const sharedMs = this.#isOutage(lane) ? this.#isolation!.shared.untilProbeMs(lane) : 0;
    return Math.max(sharedMs, this.#breakers[lane].untilProbeMs());
  }

  /** @returns a function that ends the subscription */
  onTransition(listener: (transition: BreakerTransition) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes the attempt, and where that is safe and quick a further one. What happened is a value. */
  async call<O extends BankOrder>(order: O, options: CallOptions): Promise<CallReport<O>> {
    const slot = options.slot ?? this.tryReserve();
    if (!slot) return { outcome: { kind: 'not_processed', reason: 'bulkhead_full' }, attempts: [] };
    this.#bulkhead.assertHeld(slot);
    try {
      return await this.#callInSlot(order, options);
    } finally {
      slot.release();
    }
  }

  /** Stops the breakers' timers. Calls are refused afterwards as by an open breaker. */
  close(): void {
    for (const breaker of Object.values(this.#breakers)) breaker.shutdown();
  }

  async #callInSlot<O extends BankOrder>(order: O, options: CallOptions): Promise<CallReport<O>> {
    const startedAtMs = this.#clock.monotonicMs();
    const deadlineAtMs = startedAtMs + (options.withinMs ?? this.config.limits.callMs);
    this.#budget.recordCall(startedAtMs);
    const attempts: AttemptReport<O>[] = [];
    await this.#retry.execute(async ({ attempt: repetitions }) => {
      const previous = attempts.at(-1);
      const attempt = previous ? await this.#begin(repetitions + 1, previous, options) : options.attempt;
      if (!attempt) return { again: false };
      const begunAtMs = this.#clock.monotonicMs();
      const outcome = await this.#attempt(order, attempt, options.traceparent);
      attempts.push({ attempt, outcome, tookMs: this.#clock.monotonicMs() - begunAtMs });
      return { again: this.#mayRepeat(order, outcome, attempts.length, deadlineAtMs, options) };
    });
    const last = attempts.at(-1);
    assert(last, 'a call that had a slot made no attempt');
    return { outcome: last.outcome, attempts };
  }

  /** An abort does not wake cockatiel from its pause, so it is looked at afterwards. */
  async #begin(
    number: number,
    previous: AttemptReport<BankOrder>,
    { signal, beforeReattempt }: CallOptions,
  ): Promise<Attempt | undefined> {
    if (signal?.aborted) return undefined;
    return beforeReattempt?.(number, previous);
  }

  async #attempt<O extends BankOrder>(order: O, attempt: Attempt, traceparent?: string): Promise<Outcome<O>> {
    const { name, limits } = this.config;
    const lane = laneOf(order);
    const request = stamped(order, attempt);
    const startedAtMs = this.#clock.monotonicMs();
    const onWire = async (): Promise<Outcome<O>> => {
      const latestWriteAtMs = attempt.begunAtMs + limits.attemptTimeoutMs;
      const fact = await withTimeout(this.#clock, limits.attemptTimeoutMs, (signal) =>
        this.#port.send(name, request, { attemptId: attempt.id, signal, latestWriteAtMs, traceparent }),
      );
      return classify(order, fact);
    };
    // What no bank could read is not sent: it would be the breaker's probe, and prove nothing.
    const isReadable = bankProtocol.requestSchema.safeParse(request).success;
    const isSent = isReadable && !this.#isOutage(lane);
    const passed = isSent ? await this.#breakers[lane].attempt(onWire, verdictOf) : undefined;
    const reason = isReadable ? 'breaker_open' : 'malformed';
    const outcome: Outcome<O> = passed ?? { kind: 'not_processed', reason };
    const durationMs = this.#clock.monotonicMs() - startedAtMs;
    this.#observer.attemptEnded?.({ bank: name, lane, operation: order.kind, outcome, durationMs });
    return outcome;
  }

  #mayRepeat(
    order: BankOrder,
    outcome: Outcome,
    made: number,
    deadlineAtMs: number,
    { beforeReattempt, signal }: CallOptions,
  ): boolean {
    const { name, limits, idempotent } = this.config;
    const nowMs = this.#clock.monotonicMs();
    const wanted =
      made < limits.attempts &&
      beforeReattempt !== undefined &&
      !signal?.aborted &&
      isRepeatable(order, outcome, { idempotent }) &&
      this.state(laneOf(order)) === 'closed' &&
      !this.#isOutage(laneOf(order)) &&
      // Cutting an attempt short would only turn an answer into doubt: it begins with its whole time, or not.
      nowMs + limits.pauseMs + limits.attemptTimeoutMs <= deadlineAtMs;
    if (!wanted) return false;
    if (this.#budget.tryTake(nowMs)) return true;
    this.#observer.retryBudgetExhausted?.(name);
    return false;
  }

  /**
   * Ordinary traffic has found the bank away. Once that breaker is half-open an isolated attempt may pass beside its
   * probe, which it neither takes nor decides: else it would wait for ordinary traffic that may never come.
   */
  #isOutage(lane: Lane): boolean {
    return this.#isolation?.shared.state(lane) === 'open';
  }

  #breaker(lane: Lane): LaneBreaker {
    const { name, limits } = this.config;
    return new LaneBreaker(limits.breaker, limits.attemptTimeoutMs, this.#clock, (move) => {
      const transition = { bank: name, lane, isolatedTo: this.#isolation?.account, ...move };
      this.#observer.transitioned?.(transition);
      for (const listener of this.#listeners) listener(transition);
    });
  }
}
