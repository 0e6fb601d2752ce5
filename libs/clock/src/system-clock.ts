import type { Clock, Instant, Timer } from './clock.js';
import { sleepBy } from './sleep.js';

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
    const handle = setTimeout(callback, Math.max(0, delayMs));
    if (options.unref) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, delayMs, signal);
  }

  random(): number {
    return Math.random();
  }
}
