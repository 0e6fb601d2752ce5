import type { Clock } from '#clock';
import type { Transaction } from '#postgres';
import { BatchRunner, type Work } from './batch.js';
import type { AnyWork, WorkOutcome } from './batch.js';
import { inHalves } from './in-halves.js';
import { Lanes } from './lanes.js';

/** Commands of one account in a batch that it shares with other accounts. */
const MAX_PER_ACCOUNT = 64;
/** A batch usually takes a few milliseconds. */
const SLOW_AFTER_MS = 20;
/** Each batch takes a connection from the pool. Batches that wait for row locks must not take all of them. */
const MAX_IN_FLIGHT = 4;

/** The result of one command. `failed` is that command's own error: the rest of its batch commits. */
type Ended = WorkOutcome | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Group commit for requests, fair between accounts (README). A command with a bug rejects alone; a transient error
 * rejects every command of the batch, and each caller may submit again.
 */
export class Commands<Tx extends Transaction> {
  private readonly commits: Lanes<AnyWork, Ended>;

  constructor(
    private readonly runner: BatchRunner<Tx>,
    options: { readonly clock: Clock; readonly maxBatch?: number },
  ) {
    this.commits = new Lanes({
      run: (works) => this.settle(works),
      laneOf: ({ account, aggregate, key }) => account ?? aggregate.keyName(key),
      clock: options.clock,
      maxBatch: options.maxBatch ?? 256,
      maxPerLane: MAX_PER_ACCOUNT,
      maxInFlight: MAX_IN_FLIGHT,
      slowAfterMs: SLOW_AFTER_MS,
    });
  }

  async submit<State, Result, Key, Context>(work: Work<State, Result, Key, Context>): Promise<Result> {
    const outcome = await this.commits.submit(work);
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind !== 'decided') throw new Error(`a command is decided, never ${outcome.kind}`);
    return outcome.result as Result;
  }

  private async settle(works: readonly AnyWork[]): Promise<Ended[]> {
    const outcomes = await inHalves(
      works,
      (some) => this.runner.run(some),
      (error) => this.runner.isTransient(error),
    );
    return outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.result : outcome));
  }

  /** Commands not yet committed; admission counts them. */
  get pending(): number {
    return this.commits.pending;
  }

  drain(): Promise<void> {
    return this.commits.drain();
  }
}
