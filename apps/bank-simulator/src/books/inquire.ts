import type { bankProtocol } from '#contracts';
import type { Books } from './books.js';
import type { BankReply } from './decision.js';
import { entryOf } from './statement.js';

/** All performances of a reference, as of `asOf`. */
export function inquire(books: Books, reference: string, asOf: number): BankReply {
  const performances = books
    .performances(reference)
    .filter(({ entry }) => entry.at <= asOf)
    .map(({ entry, undoneBy }): bankProtocol.Performance => ({
      ...entryOf(entry),
      ...(undoneBy && undoneBy.at <= asOf && { undoneBy: undoneBy.bankId }),
    }));
  if (performances.length === 0) return { status: 200, body: { state: 'not_found', asOf } };
  return { status: 200, body: { state: 'found', performances, asOf } };
}
