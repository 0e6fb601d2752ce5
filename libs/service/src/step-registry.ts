import assert from 'node:assert/strict';
import { stepsOf } from '#messaging';
import type { PgTransaction } from '#postgres';
import type { Aggregates, AnyStep, EffectHandler, Preparation } from '#saga';

// oxlint-disable-next-line typescript/no-explicit-any -- repositories of different aggregates
type Keeper = Aggregates<PgTransaction, any, any, any, any>;

/** Collects a service's repositories, effect handlers and event handlers. */
export class StepRegistry {
  /** By kind. */
  readonly aggregates = new Map<string, Keeper>();
  /** By kind of aggregate. */
  readonly preparations = new Map<string, Preparation>();
  /** By kind of effect. */
  readonly effects = new Map<string, EffectHandler>();
  /** The offset of an account's test clock, in milliseconds. */
  accountOffsetMs: (account: string) => number = () => 0;

  /** @param controllers a function, since Nest makes the controllers later */
  constructor(private readonly controllers: () => readonly object[]) {}

  /** @param preparation runs before aggregates of this kind are saved */
  keep(kind: string, keeper: Keeper, preparation?: Preparation): void {
    assert(!this.aggregates.has(kind), `aggregates of kind "${kind}" are kept twice`);
    this.aggregates.set(kind, keeper);
    if (preparation) this.preparations.set(kind, preparation);
  }

  /** @param handler performs all effects of this kind */
  doAfterCommit(kind: string, handler: EffectHandler): void {
    assert(!this.effects.has(kind), `two handlers do what "${kind}" brings about`);
    this.effects.set(kind, handler);
  }

  /** @throws AssertionError when a handler's decorators disagree, or its aggregate has no repository */
  steps(): readonly AnyStep[] {
    const steps = stepsOf(this.controllers());
    for (const { on, aggregate } of steps) {
      const isKept = this.aggregates.has(aggregate.kind);
      assert(isKept, `the handler of ${on.type} decides on a "${aggregate.kind}", which no repository keeps`);
    }
    return steps;
  }
}
