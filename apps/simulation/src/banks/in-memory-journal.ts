import type { bankProtocol } from '#contracts';
import type { Journal } from '../../../bank-simulator/src/journal/journal.repository.js';

/** A journal that is on disk at once. */
export function inMemoryJournal(records: bankProtocol.JournalRecord[]): Journal {
  const journal = {
    append: (record: bankProtocol.JournalRecord) => void records.push(record),
    synced: () => Promise.resolve(),
    failure: undefined,
  };
  return journal as unknown as Journal;
}
