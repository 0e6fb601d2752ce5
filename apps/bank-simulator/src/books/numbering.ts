import type { bankProtocol } from '#contracts';
import type { Books } from './books.js';

const shortNames: Record<bankProtocol.EntryKind, string> = {
  authorization: 'auth',
  capture: 'capt',
  void: 'void',
  refund: 'refd',
  reversal: 'rvsl',
};

const padded = (count: number): string => String(count).padStart(9, '0');

/** The bank id of entry `seq`. */
export const entryId = (bank: string, kind: bankProtocol.EntryKind, seq: number): string =>
  `${bank}_${shortNames[kind]}_${padded(seq)}`;

/** The bank id of the next refusal or fence. */
export const nextNoteId = (books: Books): string => `${books.profile.name}_note_${padded(books.notes + 1)}`;
