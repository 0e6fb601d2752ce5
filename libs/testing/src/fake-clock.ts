import assert from 'node:assert/strict';
import { sleepBy, type Clock, type Instant, type Timer } from '#clock';

interface Pending {
  dueMs: number;
  order: number;
  callback: () => void;
}

/** Virtual time that stands still until `advance`. Timers fire by due time, then by creation. Randomness is seeded. */
export class FakeClock implements Clock {
  readonly #pending = new Set<Pending>();
  #elapsedMs = 0;
  #wallMs: Instant;
  #order = 0;
  #seed: number;

  constructor(options: { now?: Instant; seed?: number } = {}) {
    this.#wallMs = options.now ?? Date.UTC(2026, 0, 1);
    this.#seed = options.seed ?? 1;
  }

  now(): Instant {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** Steps wall time alone, as an operator or NTP would. */
  stepWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** The number of timers that have neither fired nor been cancelled. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, delayMs, signal);
  }

  /** Mulberry32 (Tommy Ettinger, public domain). */
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Advances time and fires due timers, including new ones. After each timer, promises get a turn of the event loop. */
  async advance(byMs: number): Promise<void> {
    assert(byMs >= 0, 'time does not go back; use stepWall');
    const untilMs = this.#elapsedMs + byMs;
    await settle();
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      this.#moveTo(next.dueMs);
      this.#pending.delete(next);
      next.callback();
      await settle();
    }
    this.#moveTo(untilMs);
    await settle();
  }

  #nextDue(untilMs: number): Pending | undefined {
    let next: Pending | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs > untilMs) continue;
      if (!next || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) next = timer;
    }
    return next;
  }

  #moveTo(elapsedMs: number): void {
    this.#wallMs += elapsedMs - this.#elapsedMs;
    this.#elapsedMs = elapsedMs;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
