import type { Clock } from '#clock';

/** A reading that costs the service something may take this share of its time at most. */
const SHARE_OF_TIME = 20;

/** Reads again only after a pause in proportion to what the last reading took, so that a large system is not slowed. */
export class PacedReading<Value> {
  #latest: Value | undefined;
  #isReading = false;
  #dueAtMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly read: () => Promise<Value>,
  ) {}

  get latest(): Value | undefined {
    return this.#latest;
  }

  /** Starts a reading when one is due. @returns once it has ended */
  async refresh(): Promise<void> {
    const startedMs = this.clock.monotonicMs();
    if (this.#isReading || startedMs < this.#dueAtMs) return;
    this.#isReading = true;
    try {
      this.#latest = await this.read();
    } finally {
      const endedMs = this.clock.monotonicMs();
      this.#dueAtMs = endedMs + Math.max(this.everyMs, SHARE_OF_TIME * (endedMs - startedMs));
      this.#isReading = false;
    }
  }
}
