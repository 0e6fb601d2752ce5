import type { bank as bankEvents, bankProtocol } from '#contracts';

/** Why a statement is halted: nothing is published until an operator acts. */
export type HaltReason = 'another_journal' | 'gap';

export interface StatementObserver {
  published(page: bankEvents.StatementPublished): void;
  /** The bank gave no readable answer. The request is retried. */
  unanswered(bank: bankProtocol.BankName, reason: string): void;
  halted(bank: bankProtocol.BankName, reason: HaltReason, after: number): void;
}
