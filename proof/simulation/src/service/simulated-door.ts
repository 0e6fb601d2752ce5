import type { Clock } from '#clock';
import type { Shutdown } from '#service';

/** How long a connection that is kept alive may stay open before it is closed: what is on its way then still arrives. */
const TELL_WITHIN_MS = 1_000;
/** How long requests that have come may take to be answered as usual. */
const ANSWER_WITHIN_MS = 3_000;
/** How long hurried ones may take. */
const HURRY_WITHIN_MS = 1_000;

/** The public door of a process that ends, in its phases, without its HTTP: see libs/http-door. */
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

  /** What arrives now, on a connection that was kept, is refused: the parts that it needs are ending. */
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
