import type { Instant } from '#clock';
import type { bank as bankEvents, bankProtocol } from '#contracts';

type StatementAnswer = bankProtocol.StatementAnswer;

/** How far a bank's statement has been published. */
export interface StatementCursor {
  readonly bank: bankProtocol.BankName;
  /** The sequence number of the last published entry; 0 without one. */
  readonly seq: number;
  /** That entry's bank id. Every page requests it again, to detect a replaced journal. */
  readonly bankId: string | null;
  /** The time of the last published answer, on the bank's clock. */
  readonly asOf: Instant;
}

export const startOf = (bank: bankProtocol.BankName): StatementCursor => ({ bank, seq: 0, bankId: null, asOf: 0 });

/** Entries per page. A consumer checks a page as a whole. */
export const PAGE_MAX = 500;
/** Characters of JSON, well below the limit of an event. */
const PAGE_LENGTH_MAX = 200_000;

/** The request at a cursor: the entry at the cursor again, and the following ones. */
export const questionAt = ({ seq }: StatementCursor) =>
  ({ kind: 'statement', after: Math.max(0, seq - 1), limit: PAGE_MAX + 1 }) as const;

export type StatementReading =
  | { readonly kind: 'page'; readonly page: bankEvents.StatementPublished; readonly cursor: StatementCursor }
  /** The answer is older than the last one, so it has nothing new. */
  | { readonly kind: 'behind' }
  /** The last published entry is missing: the journal was replaced. */
  | { readonly kind: 'another_journal' }
  /** Sequence numbers have a gap, or end before the watermark. */
  | { readonly kind: 'gap'; readonly after: number };

/**
 * Checks a bank's answer against the cursor.
 *
 * @param askedAt the time of the request, on our wall clock
 */
export function read(cursor: StatementCursor, answer: StatementAnswer, askedAt: Instant): StatementReading {
  const { asOf, now, watermark, more } = answer;
  if (asOf < cursor.asOf) return { kind: 'behind' };
  const [known, added] = cursor.seq === 0 ? [undefined, answer.entries] : [answer.entries[0], answer.entries.slice(1)];
  if (watermark < cursor.seq) return { kind: 'another_journal' };
  if (cursor.seq > 0 && (known?.seq !== cursor.seq || known.bankId !== cursor.bankId))
    return { kind: 'another_journal' };

  const missing = added.findIndex(({ seq }, place) => seq !== cursor.seq + 1 + place);
  if (missing >= 0) return { kind: 'gap', after: cursor.seq + missing };
  const entries = asFit(added);
  const last = entries.at(-1);
  const through = last?.seq ?? cursor.seq;
  const isLast = !more && through === watermark;
  if (!isLast && entries.length === 0) return { kind: 'gap', after: through };
  return {
    kind: 'page',
    page: {
      bank: cursor.bank,
      after: cursor.seq,
      through,
      isLast,
      // A lagging bank shows its state as of `asOf`.
      askedAt: askedAt - Math.max(0, now - asOf),
      entries,
    },
    cursor: { bank: cursor.bank, seq: through, bankId: last?.bankId ?? cursor.bankId, asOf },
  };
}

/** The first entries that fit into an event. */
function asFit(entries: readonly bankProtocol.Entry[]): bankProtocol.Entry[] {
  let length = 0;
  const tooMany = entries.findIndex((entry, place) => {
    length += JSON.stringify(entry).length + 1;
    return place >= PAGE_MAX || (length > PAGE_LENGTH_MAX && place > 0);
  });
  return entries.slice(0, tooMany < 0 ? entries.length : tooMany);
}
