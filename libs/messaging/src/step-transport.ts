import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { formerTopicOf } from '#contracts';
import type { Transaction } from '#postgres';
import { BatchRunner, StepConsumer, StepTable, type AnyStep, type BatchParts, type StepConsumerObserver } from '#saga';
import type { Bus, Consumption } from './bus.js';

export interface StepTransportOptions<Tx extends Transaction> {
  readonly bus: Bus;
  /** `service` names the consumer group. */
  readonly parts: BatchParts<Tx>;
  /** The decisions of the handlers, from `stepsOf`. Called at `listen`, when Nest has made every controller. */
  readonly steps: () => readonly AnyStep[];
  readonly maxBatch?: number;
  readonly observer?: StepConsumerObserver;
}

/**
 * Nest's transport over the bus. It ignores Nest's callbacks, which handle one event each, and calls the methods in
 * batches: guards, pipes, interceptors and exception filters do not apply to event handlers.
 *
 * `listen` resolves when the consumer has joined its group; `close` drains.
 */
export class StepTransport<Tx extends Transaction> extends Server implements CustomTransportStrategy {
  #consumer: StepConsumer<Tx> | undefined;
  #joining: Promise<Consumption> | undefined;
  readonly #closing = new AbortController();

  constructor(private readonly options: StepTransportOptions<Tx>) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Finishes batches in progress. Batches that wait for a store that is away are abandoned; the bus redelivers them. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closed before it had joined its group'));
    const consumption = await this.#joining?.catch(() => undefined);
    await Promise.all([consumption?.stop(), this.#consumer?.stop()]);
  }

  on(event: string): never {
    throw new Error(`a StepTransport has no event "${event}"; it reports to its observer`);
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Nest's own signature
  unwrap<T>(): T {
    return this.options.bus as T;
  }

  async #start(): Promise<void> {
    const { bus, parts, steps: stepsOf, ...options } = this.options;
    const steps = stepsOf();
    const table = new StepTable(steps);
    this.#compareWithNest(table, steps);
    const consumer = new StepConsumer(new BatchRunner(parts), parts, table, options);
    this.#consumer = consumer;
    this.#joining = bus.consume({
      group: parts.service,
      topics: [...new Set(steps.map(({ on }) => on.topic))],
      formerTopics: [...new Set(steps.map(({ on }) => formerTopicOf(on.producer)))],
      wants: (type) => consumer.reactsTo(type),
      onBatch: (deliveries) => consumer.handle(deliveries),
      signal: this.#closing.signal,
    });
    await this.#joining;
  }

  /** Nest's handlers and the steps must be the same, or a handler would never be called or its topic not subscribed. */
  #compareWithNest(table: StepTable, steps: readonly AnyStep[]): void {
    for (const pattern of this.messageHandlers.keys()) {
      if (!table.reactsTo(pattern)) throw new Error(`Nest registered a handler of "${pattern}", which has no decision`);
    }
    for (const { on } of steps) {
      if (!this.messageHandlers.has(on.type)) throw new Error(`Nest registered no handler of "${on.type}"`);
    }
  }
}
