import type { Clock } from '#clock';
import type { Effect, EffectHandler, Preparation, Saved } from '#saga';
import type { Authorization, KnownAuthorization } from '../authorizations/authorization/authorization-state.js';
import type { BankClients } from '../banks/banks.js';
import type { Dispatch } from './dispatch.js';
import { appendAttempt } from '../authorizations/authorization/attempt.js';
import type { Operation } from '../authorizations/authorization/operation.js';
import { actedOnBy, type ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** Calls the bank for an operation that was saved as begun. */
export interface BeginOperation extends Effect {
  readonly kind: 'begin_operation';
  readonly task: ClaimedOperation;
}

type Changed = Pick<Saved<Authorization>, 'state' | 'traceparent'>;

/**
 * A new operation whose bank has a free slot is saved as begun, and handed over after the commit. Others wait in the
 * table until a worker takes them.
 */
export class BeginOperations implements Preparation<Authorization>, EffectHandler<BeginOperation> {
  constructor(
    private readonly banks: BankClients,
    private readonly dispatch: Dispatch,
    private readonly clock: Clock,
  ) {}

  prepare<Each extends Changed>(changed: readonly Each[]): { changed: Each[]; effects: BeginOperation[] } {
    const effects: BeginOperation[] = [];
    const prepared = changed.map((each): Each => {
      const { state, traceparent } = each;
      if (state.state === 'none' || !state.operations.some(isNew)) return each;
      const operations = state.operations.map((operation) => {
        const task = isNew(operation) ? this.#begin(state, operation, traceparent) : undefined;
        if (!task) return operation;
        effects.push({ kind: 'begin_operation', task: { ...task, operation: { ...task.operation, version: 1 } } });
        return task.operation;
      });
      return { ...each, state: { ...state, operations } };
    });
    return { changed: prepared, effects };
  }

  committed({ task }: BeginOperation): void {
    this.dispatch.handOver(task);
  }

  rolledBack({ task }: BeginOperation): void {
    task.slot.release();
  }

  #begin(
    state: KnownAuthorization,
    operation: Operation,
    traceparent: string | undefined,
  ): ClaimedOperation | undefined {
    const { banks, dispatch, clock } = this;
    const slot = dispatch.tryReserve(operation.bank, state.terms);
    if (!slot) return undefined;
    const begunAtMs = clock.monotonicMs();
    const begun = appendAttempt(operation, banks.attemptTimes(operation.bank));
    const { id, validUntil } = begun.attempts.at(-1)!;
    return {
      terms: state.terms,
      operation: begun,
      actsOn: actedOnBy(operation, state),
      slot,
      traceparent,
      begun: { id, begunAtMs, validUntil },
    };
  }
}

/** Never saved and without an attempt. */
const isNew = ({ version, phase }: Operation): boolean => version === 0 && phase === 'open';
