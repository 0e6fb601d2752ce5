import assert from 'node:assert/strict';
import type { AnyWork } from './batch.js';
import type { AnyStep } from './step.js';
import type { Delivery } from './store.js';

/** A service's steps, by event type. */
export class StepTable {
  private readonly byType: ReadonlyMap<string, AnyStep>;

  constructor(steps: readonly AnyStep[]) {
    const byType = new Map<string, AnyStep>();
    for (const step of steps) {
      if (byType.has(step.on.type)) throw new Error(`two handlers of one service react to ${step.on.type}`);
      byType.set(step.on.type, step);
    }
    this.byType = byType;
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
      // The decision throws this error, so that one path parks every failure.
      const unreadable = new SchemaError(event.type, parsed.error.message);
      const decide = (): never => assert.fail('what cannot be read is not decided');
      return { aggregate: step.aggregate, key: undefined, delivery, traceparent, decide, unreadable };
    }
    const data = parsed.data as { account?: string };
    const { aggregate, restate } = step;
    return {
      aggregate: restate ? { ...aggregate, restate: (state: unknown) => restate(state, data) } : aggregate,
      key: step.keyOf(data) as unknown,
      account: data.account,
      delivery,
      traceparent,
      decide: (state, now, context) => step.decide(state, data, now, context),
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

/** A replayed event has no step in this release. */
export class NoStepError extends Error {
  readonly code = 'no_step';

  constructor(type: string) {
    super(`no step reacts to ${type} any more`);
    this.name = 'NoStepError';
  }
}
