import { EventEmitter } from 'node:events';
import type { Clock } from '#clock';

/**
 * A `rotateBucketController` for opossum that rotates lazily, when an attempt is made. By default opossum sets a global
 * interval per circuit, and there is a circuit per isolated account, lane and bank.
 */
export class RollingWindow extends EventEmitter {
  #rotatedAtMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly windowMs: number,
    private readonly buckets: number,
  ) {
    super();
    this.#rotatedAtMs = clock.monotonicMs();
  }

  /** Drops buckets that are older than the window. */
  rotate(): void {
    const bucketMs = this.windowMs / this.buckets;
    const passed = Math.floor((this.clock.monotonicMs() - this.#rotatedAtMs) / bucketMs);
    for (let rotation = 0; rotation < Math.min(passed, this.buckets); rotation += 1) this.emit('rotate');
    this.#rotatedAtMs += passed * bucketMs;
  }
}
