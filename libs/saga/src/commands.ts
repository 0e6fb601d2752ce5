import type { Clock } from '#clock';
import type { Transaction } from '#postgres';
import { BatchRunner, type Work } from './batch.js';
import type { AnyWork, WorkOutcome } from './batch.js';
import { inHalves } from './in-halves.js';
import { Lanes } from './lanes.js';

/** Of a batch that an account shares with others. */
const MAX_PER_ACCOUNT = 64;
/** A batch commonly takes a few milliseconds. */
const SLOW_AFTER_MS = 20;
/** Each batch takes a connection of the pool; what waits for locks must leave some. */
const MAX_IN_FLIGHT = 4;

/** What a command came to; `failed` is its own fault and nobody else's. */
type Ended = WorkOutcome | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Commands share commits: while one batch is in its transaction the next gathers behind it, and accounts take turns
 * in filling it, so that one that asks for much, or whose rows are locked, holds up no other. A command's
 * refusal is a result, and its bug fails it alone: the batch is halved until the culprit is found. A
 * transient error fails the whole batch, and each caller decides for itself whether to submit again.
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
