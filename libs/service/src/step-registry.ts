import assert from 'node:assert/strict';
import type { PgTransaction } from '#postgres';
import type { Aggregates, AnyStep } from '#saga';

type Keeper = Aggregates<PgTransaction, unknown>;

/** What the modules of one service registered, before anything runs. */
export class StepRegistry {
  /** By kind. */
  readonly aggregates = new Map<string, Keeper>();
  /** How an account's own time differs from the clock's, in a service where accounts have one. */
  accountOffsetMs: (account: string) => number = () => 0;
  readonly steps: AnyStep[] = [];

  register(aggregates: readonly (readonly [kind: string, keeper: Keeper])[], steps: readonly AnyStep[]): void {
    for (const [kind, keeper] of aggregates) {
      assert(!this.aggregates.has(kind), `aggregates of kind "${kind}" are kept twice`);
      this.aggregates.set(kind, keeper);
    }
    for (const step of steps) {
      assert(
        this.aggregates.has(step.aggregate.kind),
        `the step on ${step.on.type} decides on a "${step.aggregate.kind}", which is kept nowhere`,
      );
      this.steps.push(step);
    }
  }
}
