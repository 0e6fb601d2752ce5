import { EventEmitter } from 'node:events';
import type { Clock } from '#clock';

/**
 * What turns the buckets of one opossum circuit, as its `rotateBucketController`: by the clock port, and only when an
 * attempt is made. Left to itself, opossum sets a global interval for each circuit, and there is one per isolated
 * account, lane and bank.
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

  /** Forgets what has grown older than the window. */
  rotate(): void {
    const bucketMs = this.windowMs / this.buckets;
    const passed = Math.floor((this.clock.monotonicMs() - this.#rotatedAtMs) / bucketMs);
    for (let rotation = 0; rotation < Math.min(passed, this.buckets); rotation += 1) this.emit('rotate');
    this.#rotatedAtMs += passed * bucketMs;
  }
}
