import { sleepBy, type Clock, type Instant, type Timer } from '#clock';
import type { SimulatedProcess } from './simulated-process.js';

/** Wall time at which every world begins, in milliseconds since the epoch. */
export const BEGINNING: Instant = Date.UTC(2026, 8, 1);

/** The clock port of one simulated process: virtual time, its wall-clock offset and its random stream. */
export class SimulatedClock implements Clock {
  constructor(private readonly process: SimulatedProcess) {}

  now(): Instant {
    return BEGINNING + Math.floor(this.process.scheduler.nowMs) + this.process.wallOffsetMs;
  }

  monotonicMs(): number {
    return this.process.scheduler.nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.process.scheduler.after(delayMs, this.process, callback);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, delayMs, signal);
  }

  random(): number {
    return this.process.random.next();
  }
}
