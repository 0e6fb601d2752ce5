import type { Clock } from '#clock';
import type { Shutdown } from '#service';

/** Time for which kept-alive connections stay open, so that requests in flight still arrive. */
const TELL_WITHIN_MS = 1_000;
/** Time for the usual answers of requests in progress. */
const ANSWER_WITHIN_MS = 3_000;
/** Time for hurried (`pending`) answers. */
const HURRY_WITHIN_MS = 1_000;

/** Shutdown of the public HTTP server, phase by phase, without HTTP itself: see libs/http-door. */
export class SimulatedDoor {
  #inHand = 0;
  readonly #changes = new Set<() => void>();

  constructor(
    private readonly clock: Clock,
    private readonly shutdown: Shutdown,
  ) {
    shutdown.during('door', 'the connections of the public door', async () => {
      await clock.sleep(TELL_WITHIN_MS);
      await this.#answered(ANSWER_WITHIN_MS);
    });
    shutdown.during('http', 'the public HTTP server', () => this.#answered(HURRY_WITHIN_MS));
  }

  get inHand(): number {
    return this.#inHand;
  }

  /** Whether a request on a kept-alive connection is refused, because parts that it needs are shut down. */
  get refuses(): boolean {
    const { phase } = this.shutdown;
    return phase !== undefined && phase !== 'door';
  }

  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#inHand++;
    try {
      return await work();
    } finally {
      this.#inHand--;
      for (const look of this.#changes) look();
    }
  }

  #answered(withinMs: number): Promise<void> {
    if (this.#inHand === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.clock.after(withinMs, resolve);
    const look = (): void => {
      if (this.#inHand === 0) resolve();
    };
    this.#changes.add(look);
    return promise.finally(() => {
      timer.cancel();
      this.#changes.delete(look);
    });
  }
}
