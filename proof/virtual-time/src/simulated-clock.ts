import { sleepBy, type Clock, type Instant, type Timer } from '#clock';
import type { SimulatedProcess } from './simulated-process.js';

/** When every world begins. */
export const BEGINNING: Instant = Date.UTC(2026, 8, 1);

/** A process's view of time and chance. */
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
