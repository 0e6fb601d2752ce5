import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import { decide } from '../books/bank.js';
import type { Books } from '../books/books.js';
import type { BankReply, FaultEffect } from '../books/decision.js';
import type { Journal } from '../journal/journal.repository.js';

/** A bank with its journal. A decision is on disk before it is answered. */
export class OpenBank {
  #latest = 0;

  constructor(
    readonly books: Books,
    readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** The bank's clock, which never goes back: `validUntil` and `asOf` are times on it. */
  now(): number {
    this.#latest = Math.max(this.clock.now(), this.#latest, this.books.lastAt);
    return this.#latest;
  }

  /** Journals a request, without waiting for the disk. */
  note(record: bankProtocol.RequestRecord): void {
    this.books.apply(record);
    this.journal.append(record);
  }

  /**
   * Decides, and waits for the journal. An inquiry waits too: what it saw may itself not be on disk yet.
   *
   * @throws when the journal cannot be written
   */
  async deliver(
    request: bankProtocol.BankRequest,
    attemptId: string | undefined,
    twist: FaultEffect = {},
  ): Promise<BankReply> {
    const now = this.now();
    const { reply, records } = decide(this.books, request, {
      now,
      ...(attemptId !== undefined && { attemptId }),
      ...twist,
    });
    for (const record of records) {
      this.books.apply(record);
      this.journal.append(record);
    }
    await this.journal.synced();
    return reply;
  }
}
