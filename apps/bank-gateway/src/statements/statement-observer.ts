import type { bank as bankEvents, bankProtocol } from '#contracts';

/** The reason of a standstill: nothing is published until an operator acts. */
export type StandstillReason = 'another_journal' | 'gap';

export interface StatementObserver {
  published(page: bankEvents.StatementPublished): void;
  /** The bank gave no readable answer. The request is retried. */
  unanswered(bank: bankProtocol.BankName, reason: string): void;
  stoodStill(bank: bankProtocol.BankName, reason: StandstillReason, after: number): void;
}
