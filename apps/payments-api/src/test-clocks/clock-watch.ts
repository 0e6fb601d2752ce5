import type { Database } from '#postgres';
import type { Job } from '#service';
import { SingleFlight } from '#single-flight';
import type { AccountClocks } from './account-clocks.js';
import { CHANNEL, type TestClockRepository } from './test-clock.repository.js';

const POLL_EVERY_MS = 5_000;
/** A change is stamped when its transaction begins, and seen when it commits. */
const OVERLAP_MS = 10_000;

/**
 * Hears of clocks that other instances set: an empty notification says that there are some, one query asks
 * which. A slow poll is the safety net beneath.
 */
export class ClockWatch {
  private listening: { close(): Promise<void> } | undefined;
  private readonly asking = new SingleFlight(() => this.askAll());
  private latestMs = 0;

  constructor(
    private readonly database: Database,
    private readonly stored: TestClockRepository,
    private readonly clocks: AccountClocks,
  ) {}

  readonly poll: Job = { name: 'clock-watch', everyMs: POLL_EVERY_MS, run: () => this.asking.ask() };

  /** Resolves when every clock is known; while the store is away, the poll comes back. */
  async start(): Promise<void> {
    const unlessAway = (error: unknown): void => {
      if (!this.database.isTransient(error)) throw error;
    };
    this.listening = await this.database.listen(CHANNEL, () => void this.asking.ask().catch(unlessAway));
    await this.asking.ask().catch(unlessAway);
  }

  async close(): Promise<void> {
    await Promise.all([this.asking.close(), this.listening?.close()]);
  }

  private async askAll(): Promise<void> {
    const changes = await this.stored.changes(Math.max(0, this.latestMs - OVERLAP_MS));
    for (const { account, offsetMs, deleted, changedAt } of changes) {
      this.clocks.set(account, deleted ? null : offsetMs);
      this.latestMs = Math.max(this.latestMs, changedAt);
    }
  }
}
