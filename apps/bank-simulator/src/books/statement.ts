import type { bankProtocol } from '#contracts';
import type { Books } from './books.js';
import type { BankReply } from './decision.js';

/** Entries in order. The clock never goes back, so no entry is added at or below the last one as of `asOf`, the watermark. */
export function statement(books: Books, { after, limit }: { after: number; limit: number }, asOf: number): BankReply {
  const { positions } = books;
  let watermark = positions.length;
  while (watermark > 0 && positions[watermark - 1]!.entry.at > asOf) watermark--;
  const end = Math.min(watermark, after + limit);
  const entries = positions.slice(after, Math.max(after, end)).map(({ entry }) => entryOf(entry));
  return { status: 200, body: { state: 'statement', entries, watermark, more: end < watermark, asOf } };
}

/** The public fields of an entry. */
export function entryOf(record: bankProtocol.EntryRecord): bankProtocol.Entry {
  const { type: _type, attemptId: _attemptId, card: _card, ...entry } = record;
  return entry;
}
