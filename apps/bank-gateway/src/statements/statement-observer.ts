import type { bank as bankEvents, bankProtocol } from '#contracts';

/** Why a statement goes no further: nothing is published until a person has looked. */
export type StandstillReason = 'another_journal' | 'gap';

export interface StatementObserver {
  published(page: bankEvents.StatementPublished): void;
  /** The bank gave no answer that could be read; it is asked again. */
  unanswered(bank: bankProtocol.BankName, reason: string): void;
  stoodStill(bank: bankProtocol.BankName, reason: StandstillReason, after: number): void;
}
