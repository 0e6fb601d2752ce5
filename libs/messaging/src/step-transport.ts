import { Controller, type Type } from '@nestjs/common';
import { EventPattern, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Transaction } from '#postgres';
import { BatchRunner, StepConsumer, StepTable, type AnyStep, type BatchParts, type StepConsumerObserver } from '#saga';
import type { Bus, Consumption } from './bus.js';

/**
 * A controller with one `@EventPattern` handler per step, so that Nest registers each under its event's
 * type: `@Module({ controllers: [consumerOf([onAuthorizationApproved, …])] })`.
 */
export function consumerOf(steps: readonly AnyStep[]): Type {
  class StepsController {}
  for (const step of steps) {
    // Nest finds handlers on the prototype. StepTransport takes the step out of the extras and runs it in
    // batches; another transport, which would call it event by event, is told so.
    const descriptor: PropertyDescriptor = {
      value: () => {
        throw new Error(`${step.on.type} is handled by a StepTransport`);
      },
    };
    Object.defineProperty(StepsController.prototype, step.on.type, descriptor);
    EventPattern(step.on.type, { step })(StepsController.prototype, step.on.type, descriptor);
  }
  Controller()(StepsController);
  return StepsController;
}

export interface StepTransportOptions<Tx extends Transaction> {
  readonly bus: Bus;
  /** `service` names the consumer group. */
  readonly parts: BatchParts<Tx>;
  readonly maxBatch?: number;
  readonly observer?: StepConsumerObserver;
}

/**
 * Nest's door to the bus: collects the steps that the modules registered, subscribes to their topics and
 * runs what comes a batch at a time. `listen` resolves when the consumer has joined its group; `close`
 * drains.
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

  /** Batches in hand are finished; those that wait for a store that is away are given up, to be delivered again. */
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
    const { bus, parts, ...options } = this.options;
    const steps = this.#steps();
    const consumer = new StepConsumer(new BatchRunner(parts), parts, new StepTable(steps), options);
    this.#consumer = consumer;
    this.#joining = bus.consume({
      group: parts.service,
      topics: [...new Set(steps.map((step) => step.on.topic))],
      wants: (type) => consumer.reactsTo(type),
      onBatch: (deliveries) => consumer.handle(deliveries),
      signal: this.#closing.signal,
    });
    await this.#joining;
  }

  #steps(): AnyStep[] {
    const steps: AnyStep[] = [];
    for (const [pattern, first] of this.messageHandlers) {
      for (let handler: MessageHandler | undefined = first; handler; handler = handler.next) {
        const step = handler.extras?.['step'] as AnyStep | undefined;
        if (!step) throw new Error(`the handler of "${pattern}" is no step: list it through consumerOf`);
        steps.push(step);
      }
    }
    return steps;
  }
}
