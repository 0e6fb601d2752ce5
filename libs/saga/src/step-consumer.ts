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
  /** A transient error of the store: the partitions pause, and nothing is dead-lettered. */
  onPause?(report: { error: Error; attempt: number; delayMs: number }): void;
  /** A poison event was parked for an operator. */
  onParked?(report: { delivery: Delivery; error: Error }): void;
  /**
   * An event that the inbox has already failed: another consumer processed it meanwhile, or it is a resend whose
   * restatement throws. Its effect is committed, so it is dropped.
   */
  onDropped?(report: { delivery: Delivery; error: Error }): void;
  /** Opens a span for one decision. @returns the traceparent for the events that it emits */
  trace?(event: CloudEvent): string | undefined;
}

/**
 * Runs a service's steps over deliveries, in batches across partitions. Transient errors are retried without limit;
 * for any other the batch is halved, and the culprit is parked with a dead letter.
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
   * Resolves when every delivery is committed or parked; only then may its offset be committed. Rejects only when the
   * consumer is stopped: the bus redelivers.
   */
  async handle(deliveries: readonly Delivery[]): Promise<void> {
    const ours = deliveries.filter(({ event }) => this.reactsTo(event.type));
    await Promise.all(ours.map((delivery) => this.batches.submit(delivery)));
  }

  /** Rejects paused batches, and waits for the transaction in progress. */
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

  /** Retries transient errors. @returns the error that is not transient */
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
        // Ask the inbox again: after a rebalance another consumer may have processed the event since our rollback, and a
        // replay of a parked copy would process it twice.
        const { fresh } = await inbox.admit(tx, [delivery]);
        parked = fresh.size > 0;
        if (!parked) return;
        inbox.park(tx, delivery, { error: error.message, behind: false, attempts });
        outbox.append(tx, [deadLetterOf(delivery, { service, error, attempts })]);
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
