import assert from 'node:assert';
import { isBrokenCircuitError, isTaskCancelledError } from 'cockatiel';
import { backoffCeilingMs, type Clock } from '#clock';
import { bankProtocol } from '#contracts';
import type { AttemptReport, CallOptions, CallReport } from './bank-call.js';
import { checkLimits, type BankConfig } from './bank-config.js';
import type { BankCallObserver } from './bank-call-observer.js';
import type { Attempt, BankPort } from './bank-port.js';
import { stamped, type BankOrder } from './bank-order.js';
import { bankPolicy, type BankPolicy, type RetryPass } from './bank-policy.js';
import type { BreakerState, BreakerTransition } from './breaker-transition.js';
import type { Bulkhead, KeptSlots, Slot } from './bulkhead.js';
import { classify } from './classify.js';
import type { BreakerMove } from './lane-breaker.js';
import { laneOf, type Lane } from './lane.js';
import type { BankCallResult } from './bank-call-result.js';
import { isRepeatable } from './repetition.js';
import { RetryBudget, type RetryBudgetUsage } from './retry-budget.js';

export interface BankCallerOptions {
  config: BankConfig;
  port: BankPort;
  clock: Clock;
  observer?: BankCallObserver;
  isolation?: Isolation | undefined;
}

/** Breakers, retry budget and bulkhead apart from the bank's ordinary traffic. */
export interface Isolation {
  readonly account: string;
  /** The caller of ordinary traffic. While its breaker is open, isolated calls are refused too. */
  readonly shared: BankCaller;
  /** One bulkhead around all isolated callers of the bank. */
  readonly within: Bulkhead;
}

/** Calls one bank. Outermost first: bulkhead, retry, breaker, time-out of the attempt, wire. */
export class BankCaller {
  readonly config: BankConfig;
  readonly #port: BankPort;
  readonly #clock: Clock;
  readonly #observer: BankCallObserver;
  readonly #isolation: Isolation | undefined;
  readonly #policy: BankPolicy;
  readonly #budget: RetryBudget;
  readonly #listeners = new Set<(transition: BreakerTransition) => void>();

  constructor({ config, port, clock, observer = {}, isolation }: BankCallerOptions) {
    const { name, limits } = config;
    checkLimits(limits);
    this.config = config;
    this.#port = port;
    this.#clock = clock;
    this.#observer = observer;
    this.#isolation = isolation;
    this.#budget = new RetryBudget(limits.retryBudget);
    const listeners = {
      onInFlight: (inFlight: number) => observer.inFlightChanged?.(name, inFlight),
      onMove: (lane: Lane, move: BreakerMove) =>
        this.#tell({ bank: name, lane, isolatedTo: isolation?.account, ...move }),
    };
    this.#policy = bankPolicy(limits, clock, listeners, isolation?.within);
  }

  /** Reserves a slot, before `begun` is committed. @returns undefined when the bulkhead is full */
  tryReserve(): Slot | undefined {
    return this.#policy.bulkhead.tryReserve();
  }

  /** Reserves up to `atMost` free slots for a worker that does not know yet how much work there is. */
  keepSlots(atMost: number): KeptSlots {
    return this.#policy.bulkhead.keep(atMost);
  }

  get freeSlots(): number {
    return this.#policy.bulkhead.free;
  }

  get inFlight(): number {
    return this.#policy.bulkhead.inFlight;
  }

  get retryBudget(): RetryBudgetUsage {
    return this.#budget.usage(this.#clock.monotonicMs());
  }

  /** The state of this caller's own breaker. */
  state(lane: Lane): BreakerState {
    return this.#policy.breakers[lane].state;
  }

  /** Milliseconds until the lane's breakers may let an attempt pass; 0 when they would now. */
  untilProbeMs(lane: Lane): number {
    const sharedMs = this.#isOutage(lane) ? this.#isolation!.shared.untilProbeMs(lane) : 0;
    return Math.max(sharedMs, this.#policy.breakers[lane].untilProbeMs());
  }

  /** @returns a function that ends the subscription */
  onTransition(listener: (transition: BreakerTransition) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes the attempt, and retries it once if that is safe. Failures of the bank are values, never errors. */
  async call<O extends BankOrder>(order: O, options: CallOptions): Promise<CallReport<O>> {
    const slot = options.slot ?? this.tryReserve();
    if (!slot) return { outcome: { kind: 'not_processed', reason: 'bulkhead_full' }, attempts: [] };
    this.#policy.bulkhead.assertHeld(slot);
    try {
      return await this.#callInSlot(order, options);
    } finally {
      slot.release();
    }
  }

  /** Stops the breakers' timers. Later calls are refused as by an open breaker. */
  close(): void {
    for (const breaker of Object.values(this.#policy.breakers)) breaker.shutdown();
  }

  async #callInSlot<O extends BankOrder>(order: O, options: CallOptions): Promise<CallReport<O>> {
    const startedAtMs = this.#clock.monotonicMs();
    const deadlineAtMs = startedAtMs + (options.withinMs ?? this.config.limits.callMs);
    this.#budget.recordCall(startedAtMs);
    const attempts: AttemptReport<O>[] = [];
    await this.#policy.retry.execute(async ({ attempt: repetitions }): Promise<RetryPass> => {
      const previous = attempts.at(-1);
      const attempt = previous ? await this.#begin(repetitions + 1, previous, options) : options.attempt;
      if (!attempt) return { again: false };
      const startedAtMs = this.#clock.monotonicMs();
      const outcome = await this.#attempt(order, attempt, options.traceparent);
      attempts.push({ attempt, outcome, startedAtMs, tookMs: this.#clock.monotonicMs() - startedAtMs });
      return { again: this.#mayRepeat(order, outcome, attempts.length, deadlineAtMs, options) };
    });
    const last = attempts.at(-1);
    assert(last, 'a call that had a slot made no attempt');
    return { outcome: last.outcome, attempts };
  }

  /** An abort does not end cockatiel's backoff, so check the signal after it. */
  async #begin(
    number: number,
    previous: AttemptReport<BankOrder>,
    { signal, beforeReattempt }: CallOptions,
  ): Promise<Attempt | undefined> {
    if (signal?.aborted) return undefined;
    return beforeReattempt?.(number, previous);
  }

  async #attempt<O extends BankOrder>(order: O, attempt: Attempt, traceparent?: string): Promise<BankCallResult<O>> {
    const startedAtMs = this.#clock.monotonicMs();
    const outcome = await this.#outcomeOf(order, attempt, traceparent);
    const durationMs = this.#clock.monotonicMs() - startedAtMs;
    const lane = laneOf(order);
    this.#observer.attemptEnded?.({ bank: this.config.name, lane, operation: order.kind, outcome, durationMs });
    return outcome;
  }

  async #outcomeOf<O extends BankOrder>(order: O, attempt: Attempt, traceparent?: string): Promise<BankCallResult<O>> {
    const { name, limits } = this.config;
    const lane = laneOf(order);
    const request = stamped(order, attempt);
    // Do not send a request that violates the protocol: as a breaker's probe it would prove nothing.
    if (!bankProtocol.requestSchema.safeParse(request).success) return { kind: 'not_processed', reason: 'malformed' };
    if (this.#isOutage(lane)) return { kind: 'not_processed', reason: 'breaker_open' };
    const latestWriteAtMs = attempt.begunAtMs + limits.attemptTimeoutMs;
    try {
      return await this.#policy.attempt[lane].execute(async ({ signal }) => {
        const sent = { attemptId: attempt.id, signal, latestWriteAtMs, traceparent };
        return classify(order, await this.#port.send(name, request, sent));
      });
    } catch (error) {
      if (isBrokenCircuitError(error)) return { kind: 'not_processed', reason: 'breaker_open' };
      if (isTaskCancelledError(error)) return { kind: 'doubt', reason: 'timeout' };
      throw error;
    }
  }

  #mayRepeat(
    order: BankOrder,
    outcome: BankCallResult,
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
      // Cutting an attempt short would only turn an answer into doubt, so it needs its whole time-out.
      nowMs + backoffCeilingMs(made, limits.backoff) + limits.attemptTimeoutMs <= deadlineAtMs;
    if (!wanted) return false;
    if (this.#budget.tryTake(nowMs)) return true;
    this.#observer.retryBudgetExhausted?.(name);
    return false;
  }

  /**
   * Only an open shared breaker stops isolated calls. They pass a half-open one without being its probe: ordinary traffic
   * that would probe the bank may never come.
   */
  #isOutage(lane: Lane): boolean {
    return this.#isolation?.shared.state(lane) === 'open';
  }

  #tell(transition: BreakerTransition): void {
    this.#observer.transitioned?.(transition);
    for (const listener of this.#listeners) listener(transition);
  }
}
