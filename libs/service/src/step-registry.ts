import assert from 'node:assert/strict';
import { stepsOf } from '#messaging';
import type { PgTransaction } from '#postgres';
import type { Aggregates, AnyStep, EffectHandler, Preparation } from '#saga';

// oxlint-disable-next-line typescript/no-explicit-any -- repositories of different aggregates
type Keeper = Aggregates<PgTransaction, any, any, any, any>;

/** What the modules of one service list: which repository keeps which aggregate, and how it reacts to events. */
export class StepRegistry {
  /** By kind. */
  readonly aggregates = new Map<string, Keeper>();
  /** By kind of aggregate. */
  readonly preparations = new Map<string, Preparation>();
  /** By kind of effect. */
  readonly effects = new Map<string, EffectHandler>();
  /** How an account's own time differs from the clock's, in a service where accounts have one. */
  accountOffsetMs: (account: string) => number = () => 0;

  /** @param controllers all that the modules list, which exist once the service has been made */
  constructor(private readonly controllers: () => readonly object[]) {}

  /** @param preparation runs before anything of this kind is saved */
  keep(kind: string, keeper: Keeper, preparation?: Preparation): void {
    assert(!this.aggregates.has(kind), `aggregates of kind "${kind}" are kept twice`);
    this.aggregates.set(kind, keeper);
    if (preparation) this.preparations.set(kind, preparation);
  }

  /** @param handler of all effects of this kind that the repositories return */
  doAfterCommit(kind: string, handler: EffectHandler): void {
    assert(!this.effects.has(kind), `two handlers do what "${kind}" brings about`);
    this.effects.set(kind, handler);
  }

  /** @throws AssertionError where a handler's decorators disagree, or no repository keeps its aggregate */
  steps(): readonly AnyStep[] {
    const steps = stepsOf(this.controllers());
    for (const { on, aggregate } of steps) {
      const isKept = this.aggregates.has(aggregate.kind);
      assert(isKept, `the handler of ${on.type} decides on a "${aggregate.kind}", which no repository keeps`);
    }
    return steps;
  }
}
