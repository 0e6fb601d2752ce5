import { statement, type Database } from '#postgres';
import type { Job } from '#service';
import { SingleFlight } from '#single-flight';
import { AnswerWaiters } from './answer-waiters.js';
import { readAnswers } from './key.repository.js';

const CHANNEL = 'charge_answers';
const POLL_EVERY_MS = 1_000;
const MOST_NAMES_AT_ONCE = 1_000;

const notify = statement('answers.notify', `SELECT pg_notify('${CHANNEL}', '')`);

/**
 * Answers that another instance has stored. An empty notification says that there are some; then one query
 * asks for all that this process waits for. A slow poll of the long waits is the safety net beneath: a lost
 * notification costs a second, never an answer.
 */
export class AnswerWatch {
  private listening: { close(): Promise<void> } | undefined;
  private readonly asking = new SingleFlight(() => this.askAll());
  /** A notification that cannot be sent needs no retry: the poll of the other instances finds the answers. */
  private readonly telling = new SingleFlight(() =>
    this.database.query(notify).then(
      () => undefined,
      () => undefined,
    ),
  );

  constructor(
    private readonly database: Database,
    private readonly waiters: AnswerWaiters,
  ) {}

  readonly poll: Job = {
    name: 'answer-watch',
    everyMs: POLL_EVERY_MS,
    run: async () => {
      if (this.waiters.names(POLL_EVERY_MS).length > 0) await this.asking.ask();
    },
  };

  async start(): Promise<void> {
    this.listening = await this.database.listen(CHANNEL, () => {
      // The store is away: the poll comes back.
      this.asking.ask().catch((error: unknown) => {
        if (!this.database.isTransient(error)) throw error;
      });
    });
  }

  /** Tells the other instances that some of what they wait for may have been answered: after the commit, outside of it. */
  tellOthers(): void {
    void this.telling.ask();
  }

  async close(): Promise<void> {
    await Promise.all([this.asking.close(), this.listening?.close()]);
    await this.telling.idle();
  }

  private async askAll(): Promise<void> {
    const names = this.waiters.names();
    for (let start = 0; start < names.length; start += MOST_NAMES_AT_ONCE) {
      const given = await readAnswers(this.database, names.slice(start, start + MOST_NAMES_AT_ONCE));
      for (const answer of given) this.waiters.answered(answer);
    }
  }
}
