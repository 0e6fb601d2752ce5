import { describe, expect, it } from '@jest/globals';
import type { BankCallResult } from '#bank-call';
import type { bank as bankEvents, bankProtocol } from '#contracts';
import { FakeClock } from '#testing';
import { noon } from '../../test/operation-under-test.js';
import { journal, statementOf } from '../../test/statement-under-test.js';
import { StatementReader } from './statement-reader.js';
import { PAGE_MAX, startOf } from './statement-page.js';

type Question = { kind: 'statement'; after: number; limit: number };
type Answers = (question: Question) => BankCallResult<Question>;

/** A reader of alder's statement, over a cursor in memory that another leader may advance. */
function readerOf(answers: Answers) {
  const clock = new FakeClock({ now: noon });
  const state = { cursor: startOf('alder'), stolen: false };
  const published: bankEvents.StatementPublished[] = [];
  const seen: string[] = [];
  const asked: Question[] = [];
  const reader = new StatementReader({
    clock,
    banks: {
      call: async (_bank: bankProtocol.BankName, order: never) => {
        asked.push(order);
        return { outcome: answers(order) as never, attempts: [] };
      },
    },
    cursors: {
      of: async () => state.cursor,
      publish: async (_from, { page, cursor }) => {
        if (state.stolen) return false;
        state.cursor = cursor;
        published.push(page);
        return true;
      },
    },
    observer: {
      published: () => undefined,
      unanswered: (_bank, reason) => seen.push(`unanswered ${reason}`),
      halted: (_bank, reason, after) => seen.push(`${reason} after ${after}`),
    },
  });
  return { reader, clock, state, published, seen, asked };
}

const answered =
  (entries: bankProtocol.Entry[]): Answers =>
  (question) => ({ kind: 'answered', answer: statementOf(entries, question) });

describe('the reader of a bank’s statement', () => {
  it('reads to the end in one run, and publishes one empty page per period without new entries', async () => {
    const { reader, published } = readerOf(answered(journal(2 * PAGE_MAX + 1)));
    await reader.run('alder');
    expect(published.map(({ after, through, isLast }) => [after, through, isLast])).toEqual([
      [0, PAGE_MAX, false],
      [PAGE_MAX, 2 * PAGE_MAX, false],
      [2 * PAGE_MAX, 2 * PAGE_MAX + 1, true],
    ]);
    await reader.run('alder');
    expect(published.slice(3)).toMatchObject([{ entries: [], isLast: true, through: 2 * PAGE_MAX + 1 }]);
  });

  it('retries a bank that does not answer in the next period', async () => {
    const { reader, published, seen } = readerOf(() => ({ kind: 'doubt', reason: 'timeout' }));
    await reader.run('alder');
    expect(published).toEqual([]);
    expect(seen).toEqual(['unanswered timeout']);
  });

  it('waits for a slot while all slots are taken', async () => {
    let busy = 3;
    const { reader, clock, published } = readerOf((question) =>
      busy-- > 0 ? { kind: 'not_processed', reason: 'bulkhead_full' } : answered(journal(1))(question),
    );
    const running = reader.run('alder');
    await clock.advance(1_000);
    await running;
    expect(published).toHaveLength(1);
  });

  it('publishes nothing of another journal, and stops', async () => {
    const { reader, published, seen, state } = readerOf(answered(journal(2)));
    state.cursor = { bank: 'alder', seq: 9, bankId: 'alder_9', asOf: 0 };
    await reader.run('alder');
    expect([published, seen]).toEqual([[], ['another_journal after 9']]);
  });

  it('stops when another leader has advanced the cursor', async () => {
    const { reader, state, asked } = readerOf(answered(journal(PAGE_MAX + 1)));
    state.stolen = true;
    await reader.run('alder');
    expect(asked).toHaveLength(1);
  });

  it('requests no further page once the gateway is stopping', async () => {
    const { reader, published } = readerOf((question) => {
      reader.close();
      return answered(journal(PAGE_MAX + 1))(question);
    });
    await reader.run('alder');
    expect(published).toHaveLength(1);
  });
});
