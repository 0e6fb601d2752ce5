import type { BankCallResult } from '#bank-call';
import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import type { BankClients } from '../banks/banks.js';
import type { StatementCursorRepository } from './statement-cursor.repository.js';
import type { StatementObserver } from './statement-observer.js';
import { questionAt, read, type StatementCursor } from './statement-page.js';

/** Retries for a free slot within the period: movements come first, and take milliseconds. */
const ASK_AGAIN_FOR_SLOT = { everyMs: 250, timesMax: 20 };

export interface StatementReaderParts {
  readonly banks: Pick<BankClients, 'call'>;
  readonly cursors: Pick<StatementCursorRepository, 'of' | 'publish'>;
  readonly clock: Clock;
  readonly observer: StatementObserver;
}

/** Reads and publishes a bank's statement page by page: one request at a time per bank, in the lane of inquiries. */
export class StatementReader {
  readonly #closing = new AbortController();
  #asked = 0;

  constructor(private readonly parts: StatementReaderParts) {}

  /** Publishes all new entries, or one empty page. */
  async run(bank: bankProtocol.BankName): Promise<void> {
    const { cursors, observer } = this.parts;
    while (!this.#closing.signal.aborted) {
      const cursor = await cursors.of(bank);
      const askedAt = this.parts.clock.now();
      const outcome = await this.#ask(cursor);
      if (outcome.kind !== 'answered') return observer.unanswered(bank, outcome.reason);
      const reading = read(cursor, outcome.answer, askedAt);
      if (reading.kind === 'behind') return observer.unanswered(bank, 'behind');
      if (reading.kind === 'another_journal') return observer.halted(bank, reading.kind, cursor.seq);
      if (reading.kind === 'gap') return observer.halted(bank, reading.kind, reading.after);
      // Another leader was faster, and continues.
      if (!(await cursors.publish(cursor, reading))) return;
      observer.published(reading.page);
      if (reading.page.isLast) return;
    }
  }

  /** Finishes the request in flight, and sends no further one. */
  close(): void {
    this.#closing.abort(new Error('the gateway is stopping'));
  }

  async #ask(cursor: StatementCursor): Promise<BankCallResult<{ kind: 'statement'; after: number; limit: number }>> {
    const { banks, clock } = this.parts;
    for (let times = 1; ; times++) {
      const { outcome } = await banks.call(cursor.bank, questionAt(cursor), {
        attempt: this.#attempt(cursor),
        beforeReattempt: () => Promise.resolve(this.#attempt(cursor)),
        signal: this.#closing.signal,
      });
      const full = outcome.kind === 'not_processed' && outcome.reason === 'bulkhead_full';
      if (!full || times === ASK_AGAIN_FOR_SLOT.timesMax || this.#closing.signal.aborted) return outcome;
      await clock.sleep(ASK_AGAIN_FOR_SLOT.everyMs, this.#closing.signal).catch(() => undefined);
    }
  }

  #attempt({ bank }: StatementCursor) {
    return { id: `statement.${bank}.${++this.#asked}`, begunAtMs: this.parts.clock.monotonicMs() };
  }
}
