import { fullJitterMs } from '#clock';
import type { CloudEvent } from '#contracts';
import { GroupCommit, type Transaction } from '#postgres';
import type { AnyWork, BatchParts, BatchRunner, Outcome } from './batch.js';
import type { Delivery } from './store.js';
import type { AnyStep } from './step.js';

const PAUSE = { baseMs: 100, capMs: 5_000 };

export interface StepConsumerObserver {
  /** A batch was committed. */
  onBatch?(report: { size: number; durationMs: number; outcomes: readonly Outcome[] }): void;
  /** The store cannot be reached or asks to try again: the partitions stand still, nothing is dead-lettered. */
  onPause?(report: { error: Error; attempt: number; delayMs: number }): void;
  /** One event fails whatever is tried: it is set aside for a person. */
  onParked?(report: { delivery: Delivery; error: Error }): void;
  /** Opens a span around one decision and gives the traceparent that its events carry on. */
  trace?(event: CloudEvent): string | undefined;
}

/**
 * Runs a service's steps over what the bus delivers. Deliveries of all partitions gather into one batch
 * while the last one commits. Transient errors are tried again without limit. A deterministic failure is
 * hunted down by halving the batch, and the one culprit is parked with a dead letter; the rest flows on.
 */
export class StepConsumer<Tx extends Transaction> {
  private readonly byType: ReadonlyMap<string, AnyStep>;
  private readonly batches: GroupCommit<Delivery, undefined>;
  private readonly stopping = new AbortController();

  constructor(
    private readonly runner: BatchRunner<Tx>,
    private readonly parts: BatchParts<Tx>,
    steps: readonly AnyStep[],
    private readonly options: { maxBatch?: number; observer?: StepConsumerObserver } = {},
  ) {
    this.byType = new Map(steps.map((step) => [step.on.type, step]));
    if (this.byType.size !== steps.length) throw new Error('two steps of one service react to the same event');
    this.batches = new GroupCommit({
      run: async (deliveries) => {
        await this.settle(deliveries);
        return deliveries.map(() => undefined);
      },
      maxBatch: options.maxBatch ?? 512,
    });
  }

  reactsTo(type: string): boolean {
    return this.byType.has(type);
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

  private async settle(deliveries: readonly Delivery[]): Promise<void> {
    const failure = await this.attempt(deliveries);
    if (!failure) return;
    if (deliveries.length === 1) return this.park(deliveries[0]!, failure);
    const middle = deliveries.length >>> 1;
    await this.settle(deliveries.slice(0, middle));
    await this.settle(deliveries.slice(middle));
  }

  /** Tries until the store answers; returns the error when it is the batch's own fault. */
  private async attempt(deliveries: readonly Delivery[]): Promise<Error | undefined> {
    const { clock } = this.parts;
    return this.withoutLimit(async () => {
      const startedMs = clock.monotonicMs();
      const outcomes = await this.runner.run(deliveries.map((delivery) => this.workOf(delivery)));
      this.options.observer?.onBatch?.({
        size: deliveries.length,
        durationMs: clock.monotonicMs() - startedMs,
        outcomes,
      });
    });
  }

  private async park(delivery: Delivery, error: Error): Promise<void> {
    const { store, inbox, outbox, service } = this.parts;
    const deadLetter = { ...delivery.origin, consumer: service, error: error.message };
    const failure = await this.withoutLimit(() =>
      store.transaction(async (tx) => {
        await inbox.park(tx, delivery, { error: error.message, behind: false });
        await outbox.append(tx, [{ ...delivery.event, topic: `${service}.dlq`, deadLetter }]);
      }),
    );
    if (failure) throw failure;
    this.options.observer?.onParked?.({ delivery, error });
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

  private workOf(delivery: Delivery): AnyWork {
    const { event } = delivery;
    const step = this.byType.get(event.type)!;
    const parsed = step.on.schema.safeParse(event.data);
    const traceparent = this.options.observer?.trace?.(event) ?? event.traceparent;
    if (!parsed.success) {
      // Loaded under its key and failing where every decision fails, so that one path parks it.
      const problem = parsed.error.message;
      return {
        aggregate: step.aggregate,
        id: event.key,
        delivery,
        traceparent,
        decide: () => {
          throw new SchemaError(event.type, problem);
        },
      };
    }
    const data = parsed.data as { account?: string };
    return {
      aggregate: step.aggregate,
      id: step.idOf(data),
      account: data.account,
      delivery,
      traceparent,
      decide: (state, now) => step.decide(state, data, now),
    };
  }
}

export class SchemaError extends Error {
  readonly code = 'event_schema';

  constructor(type: string, problem: string) {
    super(`${type} does not match its contract: ${problem}`);
    this.name = 'SchemaError';
  }
}
