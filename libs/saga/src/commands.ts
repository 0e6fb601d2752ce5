import { GroupCommit, type Transaction } from '#postgres';
import { BatchRunner, type Work } from './batch.js';
import type { AnyWork, Outcome } from './batch.js';

/**
 * Commands share commits: while one batch is in its transaction the next gathers behind it. A command's
 * refusal is a result, so it fails no neighbour; an error fails its whole batch, and each caller decides
 * for itself whether to submit again.
 */
export class Commands<Tx extends Transaction> {
  private readonly commits: GroupCommit<AnyWork, Outcome>;

  constructor(runner: BatchRunner<Tx>, options: { maxBatch?: number; maxInFlight?: number } = {}) {
    this.commits = new GroupCommit({
      run: (works) => runner.run(works),
      maxBatch: options.maxBatch ?? 256,
      maxInFlight: options.maxInFlight ?? 1,
    });
  }

  async submit<State, Result>(work: Work<State, Result>): Promise<Result> {
    const outcome = await this.commits.submit(work);
    if (outcome.kind !== 'decided') throw new Error(`a command is decided, never ${outcome.kind}`);
    return outcome.result as Result;
  }

  /** Commands not yet committed; admission counts them. */
  get pending(): number {
    return this.commits.pending;
  }

  drain(): Promise<void> {
    return this.commits.drain();
  }
}
