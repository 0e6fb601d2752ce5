import type { Transaction } from '#postgres';
import type { BatchParts, BatchRunner } from './batch.js';
import { deadLetterOf } from './dead-letter.js';
import type { StepTable } from './step-table.js';
import type { ParkedEvent, Parking } from './store.js';
import { workOff } from './work-off.js';

/** Events of one key per transaction, until one of them fails again. */
const MAX_BATCH = 64;
const MAX_KEYS = 100;

export interface ReplayObserver {
  /** The events were decided in this order, and committed. */
  onReplayed?(report: { key: string; events: readonly ParkedEvent[] }): void;
  /** The event failed again. It and all events behind it stay parked. */
  onFailedAgain?(report: { event: ParkedEvent; error: Error }): void;
}

/**
 * Replays parked events key by key, in order, in transactions that lock the key: a concurrent delivery of the key
 * waits. After a crash the rest stays parked, and the replay stays requested.
 */
export class Replay<Tx extends Transaction> {
  private table: StepTable | undefined;

  constructor(
    private readonly runner: BatchRunner<Tx>,
    private readonly parts: BatchParts<Tx>,
    private readonly parking: Parking<Tx>,
    /** A function, since the steps are registered after this class is made. */
    private readonly stepsOf: () => StepTable,
    private readonly observer: ReplayObserver = {},
  ) {}

  /**
   * Runs until no replay is requested.
   *
   * @throws the store's transient error; the requests stay. RowsFailedError for keys that cannot be loaded, after all
   * others were replayed
   */
  async run(stopped?: AbortSignal): Promise<void> {
    await workOff({
      due: (limit, except) => this.parking.requested(limit, except),
      idOf: (key) => key,
      // `inHalves` may pass a drained key again; that costs one query.
      work: async (keys) => {
        for (const key of keys) if (!stopped?.aborted) await this.drain(key, stopped);
      },
      limit: MAX_KEYS,
      isTransient: (error) => this.parts.store.isTransient(error),
      stopped,
    });
  }

  private async drain(key: string, stopped?: AbortSignal): Promise<void> {
    let limit = MAX_BATCH;
    for (;;) {
      if (stopped?.aborted) return;
      let tried: readonly ParkedEvent[] = [];
      try {
        const left = await this.parts.store.transaction(async (tx) => {
          tried = [];
          if (!(await this.parking.hold(tx, key))) return false;
          tried = await this.parking.first(tx, key, limit);
          await this.runner.runParked(
            tx,
            tried.map((parked) => this.steps.workOf(parked)),
          );
          return !(await this.parking.release(tx, key, tried));
        });
        if (tried.length > 0) this.observer.onReplayed?.({ key, events: tried });
        if (!left) return;
      } catch (thrown) {
        if (this.parts.store.isTransient(thrown)) throw thrown;
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        // Halve the batch until the culprit is its only event.
        if (tried.length <= 1) return this.stopAt(tried[0], error);
        limit = tried.length >>> 1;
      }
    }
  }

  private get steps(): StepTable {
    return (this.table ??= this.stepsOf());
  }

  private async stopAt(event: ParkedEvent | undefined, error: Error): Promise<void> {
    if (!event) throw error;
    const { store, outbox, service } = this.parts;
    const { key } = event.event;
    const stands = await store.transaction(async (tx) => {
      // Another replay may have processed the event meanwhile, or have stopped at it.
      if (!(await this.parking.hold(tx, key))) return false;
      const [first] = await this.parking.first(tx, key, 1);
      if (first?.position !== event.position) return false;
      await this.parking.failedAgain(tx, first, error.message);
      // One dead letter per event that fails. An event that was parked behind another has none yet.
      if (first.behind) outbox.append(tx, [deadLetterOf(first, { service, error, attempts: 1 })]);
      return true;
    });
    if (stands) this.observer.onFailedAgain?.({ event, error });
  }
}
