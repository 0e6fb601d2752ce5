import type { Instant } from '#clock';
import type { bank as bankEvents, bankProtocol } from '#contracts';
import type { AggregateType } from '#saga';

type Page = bankEvents.StatementPublished;

/** The stored part of a bank's statement. */
export interface BankStatement {
  readonly bank: bankProtocol.BankName;
  /** The sequence number of the last entry. All entries up to it are stored. */
  readonly through: number;
  /** The latest time at which the statement was read to the end; null before the first. */
  readonly completeAt: Instant | null;
  /** Pages up to this entry are missing, and an operator must have them published again. Null without a gap. */
  readonly missingUntil: number | null;
  /** New entries to save. */
  readonly added: readonly bankProtocol.Entry[];
  /** Redelivered entries, which must not have changed. */
  readonly again: readonly bankProtocol.Entry[];
}

export type StatementKey = Pick<BankStatement, 'bank'>;

export const emptyStatement = (bank: bankProtocol.BankName): BankStatement => ({
  bank,
  through: 0,
  completeAt: null,
  missingUntil: null,
  added: [],
  again: [],
});

/** Accepts a page that follows or overlaps the stored entries. Rejects a page behind a gap. */
export function take(statement: BankStatement, page: Page): BankStatement {
  const { through, completeAt } = statement;
  if (page.after > through) return { ...statement, missingUntil: page.after };
  return {
    ...statement,
    through: Math.max(through, page.through),
    completeAt: page.isLast && page.through >= through ? Math.max(completeAt ?? 0, page.askedAt) : completeAt,
    missingUntil: null,
    added: [...statement.added, ...page.entries.filter(({ seq }) => seq > through)],
    again: [...statement.again, ...page.entries.filter(({ seq }) => seq <= through)],
  };
}

/** Emits no events: a job compares the entries. */
export const statements: AggregateType<BankStatement, StatementKey> = {
  kind: 'statement',
  keyName: ({ bank }) => bank,
  restate: () => [],
};
