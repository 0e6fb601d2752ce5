import type { bankProtocol } from '#contracts';
import { noon } from './operation-under-test.js';

/** A capture as entry `seq` of alder's journal. */
export const entry = (seq: number, other: Partial<bankProtocol.Entry> = {}): bankProtocol.Entry => ({
  seq,
  bankId: `alder_${seq}`,
  kind: 'capture',
  reference: `ch_${seq}.capture.alder`,
  account: 'acct_1',
  chargeId: `ch_${seq}`,
  amountMinor: 900,
  currency: 'usd',
  at: noon,
  ...other,
});

/** A bank's answer to a request for its statement. */
export function statementOf(
  journal: readonly bankProtocol.Entry[],
  { after, limit }: { after: number; limit: number },
  time: Partial<bankProtocol.BankTime> = {},
): bankProtocol.StatementAnswer {
  const entries = journal.filter(({ seq }) => seq > after).slice(0, limit);
  const watermark = journal.at(-1)?.seq ?? 0;
  const more = (entries.at(-1)?.seq ?? watermark) < watermark;
  return { state: 'statement', entries, watermark, more, asOf: noon, now: noon, ...time };
}

export const journal = (length: number): bankProtocol.Entry[] => Array.from({ length }, (_, place) => entry(place + 1));
