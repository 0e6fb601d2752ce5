import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import { decide } from '../books/bank.js';
import type { Books } from '../books/books.js';
import type { BankReply, FaultEffect } from '../books/decision.js';
import type { Journal } from '../journal/journal.repository.js';

/** A bank open for business: what it decides is in its journal, on disk, before anyone learns of it. */
export class OpenBank {
  #latest = 0;

  constructor(
    readonly books: Books,
    readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** Never goes back, whatever the wall clock does: validity and "as of" are promises in this time. */
  now(): number {
    this.#latest = Math.max(this.clock.now(), this.#latest, this.books.lastAt);
    return this.#latest;
  }

  /** Writes down that a request has come; nobody waits for the disk on that account alone. */
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
