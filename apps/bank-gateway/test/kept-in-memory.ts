import type { NewEvent } from '#contracts';
import type { Decision, Work } from '#saga';
import { liveOperations, type Authorization } from '../src/authorizations/authorization/authorization-state.js';
import type { Operation } from '../src/authorizations/authorization/operation.js';
import type { PerformerParts } from '../src/operations/performer.js';
import { actedOnBy, type ClaimedOperation } from '../src/authorizations/authorization/claimed-operation.js';

export class StoreAwayError extends Error {}

/** The store of one charge in memory. It saves as the repository does, one transaction at a time, and may fail. */
export class KeptInMemory implements Pick<PerformerParts, 'commands' | 'store'> {
  readonly emitted: NewEvent[] = [];
  /** The outcomes of the next transactions: rolled back, or committed without an answer. */
  readonly failures: ('rolled_back' | 'unknown')[] = [];
  /** Runs before each transaction, as another worker would. */
  meanwhile: () => void = () => undefined;
  commits = 0;

  constructor(public authorization: Authorization) {}

  readonly commands = {
    submit: async <State, Result, Key, Context>(work: Work<State, Result, Key, Context>): Promise<Result> => {
      await Promise.resolve();
      this.meanwhile();
      const decision = work.decide(this.authorization as State, 0, undefined as Context) as Decision<
        Authorization,
        Result
      >;
      const failure = this.failures.shift();
      if (failure !== 'rolled_back') this.#save(decision);
      if (failure) throw new StoreAwayError(failure);
      return decision.result;
    },
  };

  readonly store = { isTransient: (error: unknown): boolean => error instanceof StoreAwayError };

  /** The last live operation. */
  get live(): Operation {
    return liveOperations(this.authorization).at(-1)!;
  }

  /** Claims an operation as a worker does. */
  take(slot: ClaimedOperation['slot'], live = this.live): ClaimedOperation {
    const { authorization } = this;
    if (authorization.state === 'none') throw new Error('nothing to take');
    const operation = { ...live, version: live.version + 1 };
    const operations = authorization.operations.map((other) => (other === live ? operation : other));
    this.authorization = { ...authorization, operations };
    return { terms: authorization.terms, operation, actsOn: actedOnBy(operation, authorization), slot };
  }

  #save({ state, emit, changed }: Decision<Authorization, unknown>): void {
    if (!changed || state.state === 'none') return;
    const known = new Set(this.authorization.state === 'none' ? [] : this.authorization.operations);
    const operations = state.operations.map((operation) =>
      known.has(operation) ? operation : { ...operation, version: operation.version + 1 },
    );
    this.authorization = { ...state, operations };
    this.emitted.push(...emit);
    this.commits++;
  }
}
