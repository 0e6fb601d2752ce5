import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import type { Clock } from '#clock';
import type { BreakerLimits } from './bank-config.js';
import type { BreakerCause, BreakerState } from './breaker-transition.js';

/**
 * What an attempt says of the bank's health.
 * - `healthy`: it works.
 * - `failing`: it refuses, breaks or is silent.
 * - `alive`: it answered, which closes a half-open breaker, but says nothing of its error rate.
 * - `unknown`: it was never asked. A probe that proves nothing opens the breaker again.
 */
export type Verdict = 'healthy' | 'failing' | 'alive' | 'unknown';

export interface BreakerMove {
  from: BreakerState;
  to: BreakerState;
  cause: BreakerCause;
}

const buckets = 10;

/**
 * The breaker around the attempts on one lane of one bank: opossum for the rolling window, the states and
 * the single probe, and around it what opossum lacks.
 *
 * - Failures in a row open it.
 * - A verdict counts only in the era in which its attempt began; each transition begins an era. So a slow
 *   success from before the outage cannot close a half-open breaker.
 * - The window starts empty when the breaker closes: one failure after a recovery does not open it again
 *   on the strength of the outage's old failures.
 * - Every probe gets a verdict, even when its attempt throws: opossum would wait for one for ever.
 */
export class LaneBreaker {
  readonly #circuit: CircuitBreaker<[Promise<void>], void>;
  readonly #windowRotation = new EventEmitter();
  #state: BreakerState = 'closed';
  #era = 0;
  #failuresInARow = 0;
  #rotatedAtMs: number;
  /** When the next attempt may pass, if it may not now. */
  #nextProbeAtMs = 0;

  /** @param attemptTimeoutMs the longest that an attempt can take to end */
  constructor(
    private readonly limits: BreakerLimits,
    private readonly attemptTimeoutMs: number,
    private readonly clock: Clock,
    private readonly onMove: (move: BreakerMove) => void,
  ) {
    this.#rotatedAtMs = clock.monotonicMs();
    this.#circuit = new CircuitBreaker((verdict: Promise<void>) => verdict, {
      timeout: false,
      resetTimeout: limits.resetMs,
      volumeThreshold: limits.minCalls,
      // opossum opens above its percentage, we open from ours on.
      errorThresholdPercentage: limits.failurePercent - 0.1,
      rollingCountTimeout: limits.windowMs,
      rollingCountBuckets: buckets,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      // The window moves when we say so: by the clock port, and all at once when the breaker closes.
      rotateBucketController: this.#windowRotation,
    });
    // A failure in half-open opens by opossum's own rule, which runs after these listeners.
    this.#circuit.on('failure', () => {
      this.#failuresInARow += 1;
      if (this.#state === 'closed' && this.#failuresInARow >= limits.failuresInARow) this.#circuit.open();
    });
    this.#circuit.on('success', () => {
      this.#failuresInARow = 0;
    });
    this.#circuit.on('open', () => this.#move('open'));
    this.#circuit.on('halfOpen', () => this.#move('half_open'));
    this.#circuit.on('close', () => this.#move('closed'));
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Milliseconds until an attempt may pass; 0 when it may now. */
  untilProbeMs(): number {
    if (this.#admits()) return 0;
    return Math.max(1, this.#nextProbeAtMs - this.clock.monotonicMs());
  }

  /**
   * Makes the attempt if the breaker lets it pass; `undefined` if it does not. When the promise resolves,
   * the breaker has taken the verdict into account.
   */
  async attempt<T>(work: () => Promise<T>, judge: (result: T) => Verdict): Promise<T | undefined> {
    // Asked here, not told by opossum: its refusals would count among the calls and thin out the failure rate.
    if (!this.#admits()) return undefined;
    this.#rotateWindow();
    const era = this.#era;
    const isProbe = this.#state === 'half_open';
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const judged = this.#circuit.fire(promise).catch(() => {});
    if (isProbe) this.#nextProbeAtMs = this.clock.monotonicMs() + this.attemptTimeoutMs;
    let verdict: Verdict = 'unknown';
    try {
      const result = await work();
      verdict = judge(result);
      return result;
    } finally {
      const counted = isProbe || verdict === 'healthy' || verdict === 'failing';
      if (era === this.#era && counted) {
        if (verdict === 'healthy' || verdict === 'alive') resolve();
        else reject(new Error(verdict));
        await judged;
      }
    }
  }

  /** Stops its timers; it lets nothing pass afterwards. */
  shutdown(): void {
    this.#circuit.shutdown();
    this.#state = 'open';
    this.#era += 1;
  }

  #admits(): boolean {
    return this.#state === 'closed' || (this.#state === 'half_open' && this.#circuit.pendingClose);
  }

  #move(to: BreakerState): void {
    const from = this.#state;
    const cause = this.#causeOf(to);
    this.#state = to;
    this.#era += 1;
    if (to === 'open') this.#nextProbeAtMs = this.clock.monotonicMs() + this.limits.resetMs;
    if (to === 'closed') this.#clearWindow();
    this.onMove({ from, to, cause });
  }

  #causeOf(to: BreakerState): BreakerCause {
    if (to === 'half_open') return 'reset_time_passed';
    if (to === 'closed') return 'probe_succeeded';
    if (this.#state === 'half_open') return 'probe_failed';
    return this.#failuresInARow >= this.limits.failuresInARow ? 'failures_in_a_row' : 'failure_rate';
  }

  #rotateWindow(): void {
    const bucketMs = this.limits.windowMs / buckets;
    const passed = Math.floor((this.clock.monotonicMs() - this.#rotatedAtMs) / bucketMs);
    for (let rotation = 0; rotation < Math.min(passed, buckets); rotation += 1) this.#windowRotation.emit('rotate');
    this.#rotatedAtMs += passed * bucketMs;
  }

  #clearWindow(): void {
    for (let rotation = 0; rotation < buckets; rotation += 1) this.#windowRotation.emit('rotate');
    this.#rotatedAtMs = this.clock.monotonicMs();
  }
}
