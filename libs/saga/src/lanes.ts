import assert from 'node:assert/strict';
import type { Clock, Timer } from '#clock';
import { FairQueue } from './fair-queue.js';

export interface LanesOptions<Item, Result> {
  /** One result per item, in the same order. A rejection rejects every item of the batch. */
  readonly run: (items: Item[]) => Promise<Result[]>;
  readonly laneOf: (item: Item) => string;
  readonly clock: Clock;
  readonly maxBatch: number;
  /** Items of one lane in a batch that it shares with other lanes. */
  readonly maxPerLane: number;
  readonly maxInFlight: number;
  /** A batch in flight for longer than this no longer blocks other lanes. */
  readonly slowAfterMs: number;
}

interface Submission<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly lanes: ReadonlySet<string>;
  slow: boolean;
}

/**
 * `GroupCommit` with fair lanes: one batch is in flight, and lanes take turns in the next. Beside a slow batch the other
 * lanes get another. A lane is in one batch at a time, so its items never wait for each other's row locks.
 */
export class Lanes<Item, Result> {
  readonly #waiting = new FairQueue<Submission<Item, Result>>();
  readonly #inFlight = new Set<Batch>();
  /** Lanes of slow batches that failed. Each gets batches of its own until it succeeds, so it fails no other lane. */
  readonly #apart = new Set<string>();
  readonly #drained: (() => void)[] = [];
  #pending = 0;
  #scheduled = false;

  constructor(private readonly options: LanesOptions<Item, Result>) {}

  /** Items submitted and not yet settled. */
  get pending(): number {
    return this.#pending;
  }

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#pending++;
      this.#waiting.push(this.options.laneOf(item), { item, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves once nothing is pending, later submissions included. */
  drain(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  get #mayStart(): boolean {
    return this.#inFlight.size < this.options.maxInFlight && [...this.#inFlight].every(({ slow }) => slow);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0 || !this.#mayStart) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#mayStart) this.#start();
    });
  }

  #start(): void {
    const { maxBatch: max, maxPerLane } = this.options;
    const busy = new Set([...this.#inFlight].flatMap(({ lanes }) => [...lanes]));
    const taken = this.#waiting.take({
      max,
      maxPerLane,
      isBusy: (lane) => busy.has(lane),
      isApart: (lane) => this.#apart.has(lane),
    });
    if (taken.length === 0) return;
    const batch = { lanes: new Set(taken.map(({ lane }) => lane)), slow: false };
    this.#inFlight.add(batch);
    const submissions = taken.map(({ item }) => item);
    const timer = this.options.clock.after(this.options.slowAfterMs, () => {
      batch.slow = true;
      this.#schedule();
    });
    void this.#run(batch, submissions, timer);
  }

  async #run(batch: Batch, submissions: readonly Submission<Item, Result>[], timer: Timer): Promise<void> {
    try {
      const results = await this.options.run(submissions.map(({ item }) => item));
      assert.equal(results.length, submissions.length, 'a batch must answer every item');
      for (const lane of batch.lanes) this.#apart.delete(lane);
      submissions.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (batch.slow) for (const lane of batch.lanes) this.#apart.add(lane);
      for (const { reject } of submissions) reject(error);
    }
    timer.cancel();
    this.#inFlight.delete(batch);
    this.#pending -= submissions.length;
    this.#schedule();
    if (this.#pending === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }
}
