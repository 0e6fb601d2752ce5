import { describe, expect, it } from '@jest/globals';
import { bank as bankEvents, bankProtocol } from '#contracts';
import { noon } from '../../test/operation-under-test.js';
import { entry, journal, statementOf } from '../../test/statement-under-test.js';
import { PAGE_MAX, questionAt, read, startOf, type StatementCursor } from './statement-page.js';

const askedAt = noon + 40;
const at = (seq: number, other: Partial<StatementCursor> = {}): StatementCursor => ({
  bank: 'alder',
  seq,
  bankId: `alder_${seq}`,
  asOf: noon - 10_000,
  ...other,
});
const readAt = (cursor: StatementCursor, entries: bankProtocol.Entry[], time: Partial<bankProtocol.BankTime> = {}) =>
  read(cursor, statementOf(entries, questionAt(cursor), time), askedAt);

describe('a page of a bank’s statement', () => {
  it('begins with the first entry, and advances the cursor to the last', () => {
    const reading = readAt(startOf('alder'), journal(2));
    expect(reading).toEqual({
      kind: 'page',
      page: { bank: 'alder', after: 0, through: 2, isLast: true, askedAt, entries: journal(2) },
      cursor: { bank: 'alder', seq: 2, bankId: 'alder_2', asOf: noon },
    });
  });

  it('has the entries since the last page, without the overlapping one that identifies the journal', () => {
    expect(readAt(at(2), journal(4))).toMatchObject({
      page: { after: 2, through: 4, entries: [{ seq: 3 }, { seq: 4 }] },
    });
  });

  it('is empty without new entries, and has the time of the request', () => {
    expect(readAt(at(2), journal(2))).toMatchObject({
      page: { after: 2, through: 2, isLast: true, askedAt, entries: [] },
      cursor: { seq: 2, bankId: 'alder_2', asOf: noon },
    });
    expect(readAt(startOf('alder'), [])).toMatchObject({ page: { after: 0, through: 0, isLast: true, entries: [] } });
  });

  it('has at most 500 entries, and the next one continues behind them', () => {
    const long = journal(PAGE_MAX + 3);
    const first = readAt(at(1), long);
    expect(first).toMatchObject({ page: { through: PAGE_MAX + 1, isLast: false } });
    if (first.kind !== 'page') throw new Error('no page');
    expect(first.page.entries).toHaveLength(PAGE_MAX);
    expect(readAt(first.cursor, long)).toMatchObject({ page: { after: PAGE_MAX + 1, isLast: true } });
  });

  it('always fits into an event, however long its entries', () => {
    const wordy = journal(10).map((each) => ({ ...each, account: 'a'.repeat(60_000) }));
    const reading = readAt(startOf('alder'), wordy);
    expect(reading).toMatchObject({ page: { through: 3, isLast: false } });
  });

  it('has a request time no later than the state in the answer', () => {
    expect(readAt(at(2), journal(2), { asOf: noon - 5_000 })).toMatchObject({ page: { askedAt: askedAt - 5_000 } });
  });

  it('satisfies its schema', () => {
    const reading = readAt(at(2), journal(4));
    if (reading.kind !== 'page') throw new Error('no page');
    expect(bankEvents.statementPublished.schema.parse(reading.page)).toEqual(reading.page);
  });
});

describe('a statement that cannot be trusted', () => {
  it('is skipped when it reflects an earlier time than the last one', () => {
    expect(readAt(at(4), journal(2), { asOf: noon - 10_001 })).toEqual({ kind: 'behind' });
  });

  it('is another journal’s when its watermark is behind the published entries', () => {
    expect(readAt(at(4), journal(2))).toEqual({ kind: 'another_journal' });
  });

  it('is another journal’s when it lacks the last published entry, however long it is', () => {
    const grown = journal(9).map((each) => ({ ...each, bankId: `other_${each.seq}` }));
    expect(readAt(at(4), grown)).toEqual({ kind: 'another_journal' });
  });

  it('has a gap when a sequence number is missing', () => {
    expect(readAt(at(1), [entry(1), entry(2), entry(4)])).toEqual({ kind: 'gap', after: 2 });
    expect(readAt(startOf('alder'), [entry(2)])).toEqual({ kind: 'gap', after: 0 });
  });

  it('has a gap when it ends before its watermark without `hasMore`', () => {
    const answer = { ...statementOf(journal(2), questionAt(at(2))), watermark: 7 };
    expect(read(at(2), answer, askedAt)).toEqual({ kind: 'gap', after: 2 });
  });
});
