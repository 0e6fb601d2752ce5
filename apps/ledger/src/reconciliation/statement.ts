import type { Instant } from '#clock';
import type { bank as bankEvents, bankProtocol } from '#contracts';
import type { AggregateType } from '#saga';

type Page = bankEvents.StatementPublished;

/** How much of a bank's statement is here. */
export interface BankStatement {
  readonly bank: bankProtocol.BankName;
  /** The number of the last entry; every one up to it is here. */
  readonly through: number;
  /** The latest moment at which the bank was asked and all that it had is here; null before the first time. */
  readonly completeAt: Instant | null;
  /** Pages between here and this entry never came: a person has them published anew. Null when nothing is missing. */
  readonly missingUntil: number | null;
  /** Entries decided on and not yet saved. */
  readonly added: readonly bankProtocol.Entry[];
  /** Entries that came once more: the bank must not have changed them. */
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

/**
 * A page that follows what is here, or overlaps it, is taken. One that leaves a hole is not: the books are never
 * compared with a statement of which something is missing.
 */
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

/** It answers nobody: what is in it is compared by a job of its own. */
export const statements: AggregateType<BankStatement, StatementKey> = {
  kind: 'statement',
  keyName: ({ bank }) => bank,
  restate: () => [],
};
