export interface AdaptiveLimitOptions {
  readonly min: number;
  readonly initial: number;
  readonly max: number;
  /** Time that a request may spend in queues, beside the least that one takes. */
  readonly queueMs: number;
  /** What the requests of other limits, which use the same services, spend in queues: it is no news of this bank. */
  readonly sharedQueueMs: (nowMs: number) => number;
}

/** Most that one change raises or lowers the limit. */
const RAISE = 1.5;
const LOWER = 0.7;
const WINDOW_MS = 200;
const SAMPLES_MIN = 8;
const SAMPLES_MAX = 256;
/** A queue that was measured before that is no longer known. */
const KNOWN_FOR_MS = 2_000;
/** A limit that is not reached is not what holds the load, so a longer queue says nothing about raising it. */
const REACHED = 0.8;
/** If halving the limit leaves this much of a request's time, the time is not spent in queues. */
const NOT_QUEUED = 0.8;

/**
 * A limit on concurrent requests that follows what they take: the gradient of Netflix's concurrency-limits, with an
 * absolute time in queues instead of a factor. The baseline is the least time seen. It rises only when a lower limit
 * did not help and other networks do not wait as long: the bank has become slower. A baseline that rises with the
 * recent minimum would follow a standing queue, and the limit would rise without end.
 */
export class AdaptiveLimit {
  #limit: number;
  #baselineMs = Infinity;
  #changedAtMs = -Infinity;
  #windowFromMs = -Infinity;
  #samplesMs: number[] = [];
  #mostAtOnce = 0;
  #medianMs = 0;
  #measuredAtMs = -Infinity;
  /** The limit before it was lowered, and the longest median since: the services may still be becoming slower. */
  #before: { readonly limit: number; readonly medianMs: number } | undefined;

  constructor(private readonly options: AdaptiveLimitOptions) {
    this.#limit = Math.min(options.initial, options.max);
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** What a request took lately; 0 before the first. */
  get medianMs(): number {
    return this.#medianMs;
  }

  /** What requests spend in queues; undefined when none was answered lately. */
  queueMs(nowMs: number): number | undefined {
    return nowMs - this.#measuredAtMs > KNOWN_FOR_MS ? undefined : Math.max(0, this.#medianMs - this.#baselineMs);
  }

  /** A request was answered. @param atOnce requests in progress, with this one */
  observe(tookMs: number, atOnce: number, nowMs: number): void {
    this.#baselineMs = Math.min(this.#baselineMs, tookMs);
    // A request that began before the last change shows the queue of the limit before.
    if (nowMs - tookMs < this.#changedAtMs) return;
    if (this.#samplesMs.length === 0) this.#windowFromMs = nowMs;
    if (this.#samplesMs.length < SAMPLES_MAX) this.#samplesMs.push(tookMs);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, atOnce);
    if (nowMs - this.#windowFromMs < WINDOW_MS || this.#samplesMs.length < SAMPLES_MIN) return;
    this.#change(nowMs);
  }

  #change(nowMs: number): void {
    const sorted = this.#samplesMs.sort((a, b) => a - b);
    this.#medianMs = sorted[sorted.length >> 1]!;
    this.#measuredAtMs = nowMs;
    const isReached = this.#mostAtOnce >= this.#limit * REACHED;
    this.#samplesMs = [];
    this.#mostAtOnce = 0;
    if (!isReached) return;
    const gradient = (this.#baselineMs + this.options.queueMs) / this.#medianMs;
    if (gradient >= 1) this.#before = undefined;
    else this.#lowering(sorted[0]! - this.options.sharedQueueMs(nowMs));
    const { min, max } = this.options;
    const limit = Math.min(max, Math.max(Math.min(min, max), this.#limit * Math.min(RAISE, Math.max(LOWER, gradient))));
    if (limit !== this.#limit) this.#changedAtMs = nowMs;
    this.#limit = limit;
  }

  #lowering(baselineMs: number): void {
    const before = this.#before ?? { limit: this.#limit, medianMs: 0 };
    const medianMs = Math.max(before.medianMs, this.#medianMs);
    const isHalved = this.#limit <= before.limit / 2 || this.#limit <= this.options.min;
    if (before.medianMs === 0 || !isHalved) {
      this.#before = { limit: before.limit, medianMs };
      return;
    }
    if (this.#medianMs >= medianMs * NOT_QUEUED) this.#baselineMs = Math.max(this.#baselineMs, baselineMs);
    this.#before = undefined;
  }
}

/** The least time in queues of limits that are in use: what they all have is spent in the services that they share. */
export function leastQueueMs(limits: Iterable<AdaptiveLimit>, nowMs: number): number {
  let least: number | undefined;
  for (const limit of limits) {
    const queueMs = limit.queueMs(nowMs);
    if (queueMs !== undefined) least = Math.min(least ?? Infinity, queueMs);
  }
  return least ?? 0;
}
