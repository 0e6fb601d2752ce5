import type { bankProtocol } from '#contracts';
import type { Journal } from '../../../../apps/bank-simulator/src/journal/journal.repository.js';

/** A journal in memory, whose appends are durable at once. */
export function inMemoryJournal(append: (record: bankProtocol.JournalRecord) => void): Journal {
  const journal = {
    append,
    synced: () => Promise.resolve(),
    failure: undefined,
  };
  return journal as unknown as Journal;
}
