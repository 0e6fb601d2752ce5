import type { BankCallResult } from '#bank-call';
import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import type { BankClients } from '../banks/banks.js';
import type { StatementCursorRepository } from './statement-cursor.repository.js';
import type { StatementObserver } from './statement-observer.js';
import { questionAt, read, type StatementCursor } from './statement-page.js';

/** A bank whose slots are all taken is asked again within the same period: money comes first, and takes milliseconds. */
const ASK_AGAIN_FOR_SLOT = { everyMs: 250, timesMax: 20 };

export interface StatementReaderParts {
  readonly banks: Pick<BankClients, 'call'>;
  readonly cursors: Pick<StatementCursorRepository, 'of' | 'publish'>;
  readonly clock: Clock;
  readonly observer: StatementObserver;
}

/**
 * Reads what a bank says it performed, page by page from where the last one ended, and publishes it. One question
 * at a time per bank, in the inquiries' lane, with a slot of the bulkhead only while it is under way.
 */
export class StatementReader {
  readonly #closing = new AbortController();
  #asked = 0;

  constructor(private readonly parts: StatementReaderParts) {}

  /** Publishes all that has been added since the last time; an empty page when nothing was. */
  async run(bank: bankProtocol.BankName): Promise<void> {
    const { cursors, observer } = this.parts;
    while (!this.#closing.signal.aborted) {
      const cursor = await cursors.of(bank);
      const askedAt = this.parts.clock.now();
      const outcome = await this.#ask(cursor);
      if (outcome.kind !== 'answered') return observer.unanswered(bank, outcome.reason);
      const reading = read(cursor, outcome.answer, askedAt);
      if (reading.kind === 'behind') return observer.unanswered(bank, 'behind');
      if (reading.kind === 'another_journal') return observer.stoodStill(bank, reading.kind, cursor.seq);
      if (reading.kind === 'gap') return observer.stoodStill(bank, reading.kind, reading.after);
      // Another leader was faster: it goes on from where it is.
      if (!(await cursors.publish(cursor, reading))) return;
      observer.published(reading.page);
      if (reading.page.isLast) return;
    }
  }

  /** What is under way ends; no further page is asked for. */
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
