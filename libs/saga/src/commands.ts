import { GroupCommit, type Transaction } from '#postgres';
import { BatchRunner, type Work } from './batch.js';
import type { AnyWork, Outcome } from './batch.js';
import { inHalves } from './in-halves.js';

/** What a command came to; `failed` is its own fault and nobody else's. */
type Ended = Outcome | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Commands share commits: while one batch is in its transaction the next gathers behind it. A command's
 * refusal is a result, and its bug fails it alone: the batch is halved until the culprit is found. A
 * transient error fails the whole batch, and each caller decides for itself whether to submit again.
 */
export class Commands<Tx extends Transaction> {
  private readonly commits: GroupCommit<AnyWork, Ended>;

  constructor(
    private readonly runner: BatchRunner<Tx>,
    options: { maxBatch?: number; maxInFlight?: number } = {},
  ) {
    this.commits = new GroupCommit({
      run: (works) => this.settle(works),
      maxBatch: options.maxBatch ?? 256,
      maxInFlight: options.maxInFlight ?? 1,
    });
  }

  async submit<State, Result>(work: Work<State, Result>): Promise<Result> {
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
