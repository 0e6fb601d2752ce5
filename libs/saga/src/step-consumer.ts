import { fullJitterMs } from '#clock';
import type { CloudEvent } from '#contracts';
import { GroupCommit, type Transaction } from '#postgres';
import type { BatchParts, BatchRunner, WorkOutcome } from './batch.js';
import { deadLetterOf } from './dead-letter.js';
import type { StepTable } from './step-table.js';
import type { Delivery } from './store.js';

const PAUSE = { baseMs: 100, capMs: 5_000 };

export interface StepConsumerObserver {
  /** A batch was committed. */
  onBatch?(report: { size: number; durationMs: number; outcomes: readonly WorkOutcome[] }): void;
  /** The store cannot be reached or asks to try again: the partitions stand still, nothing is dead-lettered. */
  onPause?(report: { error: Error; attempt: number; delayMs: number }): void;
  /** One event fails whatever is tried: it is set aside for a person. */
  onParked?(report: { delivery: Delivery; error: Error }): void;
  /**
   * An event fails that was seen before: another consumer has settled it meanwhile, or it is a copy that asks for
   * the aggregate's last word and cannot have it. Its effect stands, so it is dropped.
   */
  onDropped?(report: { delivery: Delivery; error: Error }): void;
  /** Opens a span around one decision and gives the traceparent that its events carry on. */
  trace?(event: CloudEvent): string | undefined;
}

/**
 * Runs a service's steps over what the bus delivers. Deliveries of all partitions gather into one batch
 * while the last one commits. Transient errors are tried again without limit. A deterministic failure is
 * hunted down by halving the batch, and the one culprit is parked with a dead letter; the rest flows on.
 */
export class StepConsumer<Tx extends Transaction> {
  private readonly batches: GroupCommit<Delivery, undefined>;
  private readonly stopping = new AbortController();

  constructor(
    private readonly runner: BatchRunner<Tx>,
    private readonly parts: BatchParts<Tx>,
    private readonly steps: StepTable,
    private readonly options: { maxBatch?: number; observer?: StepConsumerObserver } = {},
  ) {
    this.batches = new GroupCommit({
      run: async (deliveries) => {
        await this.settle(deliveries);
        return deliveries.map(() => undefined);
      },
      maxBatch: options.maxBatch ?? 512,
    });
  }

  reactsTo(type: string): boolean {
    return this.steps.reactsTo(type);
  }

  /**
   * Resolves when every delivery is committed or parked; then, and only then, its offset may move on.
   * Rejects only when the consumer is stopped in the middle: nothing is lost, the bus delivers again.
   */
  async handle(deliveries: readonly Delivery[]): Promise<void> {
    const ours = deliveries.filter(({ event }) => this.reactsTo(event.type));
    await Promise.all(ours.map((delivery) => this.batches.submit(delivery)));
  }

  /** Ends the waiting of paused batches; a batch in its transaction is finished. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the consumer is stopping'));
    await this.batches.drain();
  }

  private async settle(deliveries: readonly Delivery[], attempt = 1): Promise<void> {
    const failure = await this.attempt(deliveries);
    if (!failure) return;
    if (deliveries.length === 1) return this.park(deliveries[0]!, failure, attempt);
    const middle = deliveries.length >>> 1;
    await this.settle(deliveries.slice(0, middle), attempt + 1);
    await this.settle(deliveries.slice(middle), attempt + 1);
  }

  /** Tries until the store answers; returns the error when it is the batch's own fault. */
  private async attempt(deliveries: readonly Delivery[]): Promise<Error | undefined> {
    const { clock } = this.parts;
    const { observer } = this.options;
    return this.withoutLimit(async () => {
      const startedMs = clock.monotonicMs();
      const works = deliveries.map((delivery) => this.steps.workOf(delivery, observer?.trace?.(delivery.event)));
      const outcomes = await this.runner.run(works);
      observer?.onBatch?.({ size: deliveries.length, durationMs: clock.monotonicMs() - startedMs, outcomes });
    });
  }

  private async park(delivery: Delivery, error: Error, attempts: number): Promise<void> {
    const { store, inbox, outbox, service } = this.parts;
    let parked = false;
    const failure = await this.withoutLimit(() =>
      store.transaction(async (tx) => {
        // Its own transaction rolled back, and since then another consumer may have settled it, after a rebalance:
        // parked as well, it would be decided once more by a replay.
        const { fresh } = await inbox.admit(tx, [delivery]);
        parked = fresh.size > 0;
        if (!parked) return;
        await inbox.park(tx, delivery, { error: error.message, behind: false, attempts });
        await outbox.append(tx, [deadLetterOf(delivery, { service, error, attempts })]);
      }),
    );
    if (failure) throw failure;
    if (parked) this.options.observer?.onParked?.({ delivery, error });
    else this.options.observer?.onDropped?.({ delivery, error });
  }

  private async withoutLimit(action: () => Promise<void>): Promise<Error | undefined> {
    const { clock, store } = this.parts;
    for (let attempt = 1; ; attempt++) {
      try {
        await action();
        return undefined;
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (!store.isTransient(error)) return error;
        const delayMs = fullJitterMs(attempt, PAUSE, () => clock.random());
        this.options.observer?.onPause?.({ error, attempt, delayMs });
        await clock.sleep(delayMs, this.stopping.signal);
      }
    }
  }
}
