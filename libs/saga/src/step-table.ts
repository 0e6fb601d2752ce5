import type { AnyWork } from './batch.js';
import type { AnyStep } from './step.js';
import type { Delivery } from './store.js';

/** A service's steps, by the events that they react to. */
export class StepTable {
  private readonly byType: ReadonlyMap<string, AnyStep>;

  constructor(steps: readonly AnyStep[]) {
    this.byType = new Map(steps.map((step) => [step.on.type, step]));
    if (this.byType.size !== steps.length) throw new Error('two steps of one service react to the same event');
  }

  reactsTo(type: string): boolean {
    return this.byType.has(type);
  }

  /** @throws NoStepError */
  workOf(delivery: Delivery, traceparent = delivery.event.traceparent): AnyWork {
    const { event } = delivery;
    const step = this.byType.get(event.type);
    if (!step) throw new NoStepError(event.type);
    const parsed = step.on.schema.safeParse(event.data);
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
    const { aggregate, restate } = step;
    return {
      aggregate: restate ? { ...aggregate, restate: (state: unknown) => restate(state, data) } : aggregate,
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

/** Of a parked event whose step a later release has no more. */
export class NoStepError extends Error {
  readonly code = 'no_step';

  constructor(type: string) {
    super(`no step reacts to ${type} any more`);
    this.name = 'NoStepError';
  }
}
