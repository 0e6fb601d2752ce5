import assert from 'node:assert/strict';

export interface GroupCommitOptions<Item, Result> {
  /** One result per item, in the same order. A rejection rejects every item of the batch. */
  run: (items: Item[]) => Promise<Result[]>;
  maxBatch: number;
  /** Default 1. More only if batches never lock the same rows. */
  maxInFlight?: number;
}

interface Submission<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: one batch is in flight, further items gather behind it. No timer: a batch starts at the end of the
 * event loop's turn, so that all items read from sockets in it share the batch.
 */
export class GroupCommit<Item, Result> {
  readonly #waiting: Submission<Item, Result>[] = [];
  readonly #drained: (() => void)[] = [];
  #inFlight = 0;
  #pending = 0;
  #scheduled = false;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {
    assert(options.maxBatch >= 1 && (options.maxInFlight ?? 1) >= 1);
  }

  /** Items submitted and not yet settled. */
  get pending(): number {
    return this.#pending;
  }

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#pending++;
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves once nothing is pending, later submissions included. */
  drain(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  get #hasRoom(): boolean {
    return this.#inFlight < (this.options.maxInFlight ?? 1);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || !this.#hasRoom) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#startBatches();
    });
  }

  #startBatches(): void {
    while (this.#waiting.length > 0 && this.#hasRoom) {
      this.#inFlight++;
      void this.#runBatch(this.#waiting.splice(0, this.options.maxBatch));
    }
  }

  async #runBatch(batch: Submission<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map(({ item }) => item));
      assert.equal(results.length, batch.length, 'a batch must answer every item');
      batch.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#inFlight--;
    this.#pending -= batch.length;
    this.#schedule();
    if (this.#pending === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }
}
