import type { Clock, Instant, Timer } from './clock.js';
import { sleepBy } from './sleep.js';

/** 24.8 days: a longer delay overflows in Node, and its timer fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Node's clock and timers. `offsetMs` shifts wall time only: test runs use it to step one service's clock. */
export class SystemClock implements Clock {
  constructor(private readonly offsetMs = 0) {}

  now(): Instant {
    return Date.now() + this.offsetMs;
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, callback: () => void, options: { unref?: boolean } = {}): Timer {
    let leftMs = Math.max(0, delayMs);
    let handle: NodeJS.Timeout;
    const wait = (): void => {
      const thisMs = Math.min(leftMs, LONGEST_DELAY_MS);
      leftMs -= thisMs;
      handle = setTimeout(leftMs > 0 ? wait : callback, thisMs);
      if (options.unref) handle.unref();
    };
    wait();
    return { cancel: () => clearTimeout(handle) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, delayMs, signal);
  }

  random(): number {
    return Math.random();
  }
}
