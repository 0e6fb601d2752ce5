import type { Instant } from '#clock';
import type { bank as bankEvents, bankProtocol } from '#contracts';

type StatementAnswer = bankProtocol.StatementAnswer;

/** How far a bank's statement has been published. */
export interface StatementCursor {
  readonly bank: bankProtocol.BankName;
  /** Of the last entry that was published; 0 when there was none. */
  readonly seq: number;
  /** That entry's id at the bank. Asked for again with every page: by it a journal that is another one is known. */
  readonly bankId: string | null;
  /** The moment, on the bank's clock, that the last published answer reflects. */
  readonly asOf: Instant;
}

export const startOf = (bank: bankProtocol.BankName): StatementCursor => ({ bank, seq: 0, bankId: null, asOf: 0 });

/** Entries of one page at most; a consumer checks a page as a whole. */
export const PAGE_MAX = 500;
/** Characters of JSON, well below what an event may have. */
const PAGE_LENGTH_MAX = 200_000;

/** What to ask a bank for: what follows the cursor, and once more the entry that it stands on. */
export const questionAt = ({ seq }: StatementCursor) =>
  ({ kind: 'statement', after: Math.max(0, seq - 1), limit: PAGE_MAX + 1 }) as const;

export type StatementReading =
  | { readonly kind: 'page'; readonly page: bankEvents.StatementPublished; readonly cursor: StatementCursor }
  /** The answer reflects an earlier moment than the last one: there is nothing new in it. */
  | { readonly kind: 'behind' }
  /** What was published is not there any more: this is another journal. */
  | { readonly kind: 'another_journal' }
  /** Sequences have a gap, or end before their watermark. */
  | { readonly kind: 'gap'; readonly after: number };

/**
 * What a bank's answer at this cursor comes to.
 *
 * @param askedAt when the question was sent, by our wall clock
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
      // A bank that answers as of some seconds ago has shown no more than that.
      askedAt: askedAt - Math.max(0, now - asOf),
      entries,
    },
    cursor: { bank: cursor.bank, seq: through, bankId: last?.bankId ?? cursor.bankId, asOf },
  };
}

/** The first of them, as many as an event may carry. */
function asFit(entries: readonly bankProtocol.Entry[]): bankProtocol.Entry[] {
  let length = 0;
  const tooMany = entries.findIndex((entry, place) => {
    length += JSON.stringify(entry).length + 1;
    return place >= PAGE_MAX || (length > PAGE_LENGTH_MAX && place > 0);
  });
  return entries.slice(0, tooMany < 0 ? entries.length : tooMany);
}
