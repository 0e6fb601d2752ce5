import { fullJitterMs, type Clock, type Timer } from '#clock';

/**
 * A refund looks through what everybody moved since the last time: at a thousand charges a second that took 1 ms after
 * one second, and 5 ms after five. Each transfer is rolled up once, so doing it often costs no more in all.
 */
const EVERY_MS = 1_000;
const RETRY = { baseMs: 500, capMs: 5_000 };

/** Keeps the part of the books that has to be added up anew small. Runs on one instance at a time, and would do no harm on two. */
export class RollUp {
  private timer: Timer | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;

  constructor(
    private readonly rollUp: () => Promise<void>,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown, failures: number) => void,
  ) {}

  start(): void {
    this.timer = this.clock.after(EVERY_MS, () => this.tick(), { unref: true });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.running;
    this.timer?.cancel();
  }

  private tick(): void {
    this.running = this.once();
  }

  /** Whatever fails, the balances are right without it, only slower to read. */
  private async once(): Promise<void> {
    let delayMs = EVERY_MS;
    try {
      await this.rollUp();
      this.failures = 0;
    } catch (error) {
      delayMs = fullJitterMs(++this.failures, RETRY, () => this.clock.random());
      this.onFailure(error, this.failures);
    }
    this.timer = this.clock.after(delayMs, () => this.tick(), { unref: true });
  }
}
