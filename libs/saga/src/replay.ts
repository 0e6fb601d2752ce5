import type { Transaction } from '#postgres';
import type { BatchParts, BatchRunner } from './batch.js';
import { deadLetterOf } from './dead-letter.js';
import type { StepTable } from './step-table.js';
import type { ParkedEvent, Parking } from './store.js';
import { workOff } from './work-off.js';

/** Events of one key in one transaction, until one of them turns out to fail again. */
const MAX_BATCH = 64;
const MAX_KEYS = 100;

export interface ReplayObserver {
  /** These were decided, in this order. */
  onReplayed?(report: { key: string; events: readonly ParkedEvent[] }): void;
  /** One failed again: it and all behind it stay parked. */
  onFailedAgain?(report: { event: ParkedEvent; error: Error }): void;
}

/**
 * Takes up again what was parked, a key at a time, as operators ask for it: the events in the order in which they
 * were parked, through the steps that deliveries go through, in transactions that hold the key. So a delivery that
 * comes meanwhile waits, and then parks behind what is left or, when nothing is, is decided after it. Whoever dies
 * in the middle leaves the rest parked and still asked for; any number of these at once take turns.
 */
export class Replay<Tx extends Transaction> {
  private table: StepTable | undefined;

  constructor(
    private readonly runner: BatchRunner<Tx>,
    private readonly parts: BatchParts<Tx>,
    private readonly parking: Parking<Tx>,
    /** Asked for when it is first needed: by then every step is known. */
    private readonly stepsOf: () => StepTable,
    private readonly observer: ReplayObserver = {},
  ) {}

  /**
   * Until nothing is asked for any more.
   *
   * @throws what the store says when it is away; what was asked for still is. RowsFailedError for keys that cannot even
   * be looked into; all the others were replayed
   */
  async run(stopped?: AbortSignal): Promise<void> {
    await workOff({
      due: (limit, except) => this.parking.requested(limit, except),
      idOf: (key) => key,
      // A key that is drained already has nothing left: it costs a look when it comes again in a half.
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
        // What comes before the culprit goes through in smaller and smaller batches, until it stands alone.
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
      // Another replay may have brought it through meanwhile, or have stopped at it.
      if (!(await this.parking.hold(tx, key))) return false;
      const [first] = await this.parking.first(tx, key, 1);
      if (first?.position !== event.position) return false;
      await this.parking.failedAgain(tx, first, error.message);
      // One dead letter for each event that fails: so far this one only waited behind another.
      if (first.behind) await outbox.append(tx, [deadLetterOf(first, { service, error, attempts: 1 })]);
      return true;
    });
    if (stands) this.observer.onFailedAgain?.({ event, error });
  }
}
