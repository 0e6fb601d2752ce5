import type { bankProtocol } from '#contracts';
import type { Journal } from '../../../../apps/bank-simulator/src/journal/journal.repository.js';

/** A journal that is on disk at once. */
export function inMemoryJournal(append: (record: bankProtocol.JournalRecord) => void): Journal {
  const journal = {
    append,
    synced: () => Promise.resolve(),
    failure: undefined,
  };
  return journal as unknown as Journal;
}
