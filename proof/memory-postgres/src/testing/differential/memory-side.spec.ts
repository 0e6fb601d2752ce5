import { describe, expect, it } from '@jest/globals';
import { Template } from '../../server.js';
import { MemorySide } from './memory-side.js';

const CHANGE = 'UPDATE purse SET minor = minor + 1';
const LOCK = 'SELECT minor FROM purse FOR UPDATE';

/** Sessions 1 and 2 wait for a row that session 0 holds, until session 0 ends. */
async function afterTheEnd(held: string, end: string): Promise<MemorySide> {
  const template = new Template();
  template.execute('CREATE TABLE purse (id int PRIMARY KEY, minor int); INSERT INTO purse VALUES (1, 0)');
  const side = new MemorySide(template, []);
  await side.reset();
  const take = (session: number, text: string) => side.take({ session, atMs: 0, name: text, text, params: [] });
  for (const session of [0, 1, 2]) await take(session, 'BEGIN');
  await take(0, held);
  await take(1, CHANGE);
  expect((await take(2, LOCK)).waiting).toEqual([1, 2]);
  expect((await take(0, end)).waiting).toEqual([2]);
  return side;
}

describe('two sessions that wait for one row', () => {
  it('compete for its new version when the holder has changed it and commits', async () => {
    const side = await afterTheEnd(CHANGE, 'COMMIT');
    expect([0, 1, 2].map((session) => side.competedForNewVersion(session))).toEqual([false, true, true]);
  });

  it.each([
    [CHANGE, 'ROLLBACK'],
    [LOCK, 'COMMIT'],
  ])('are served in order after %s and %s', async (held, end) => {
    const side = await afterTheEnd(held, end);
    expect([1, 2].some((session) => side.competedForNewVersion(session))).toBe(false);
  });
});
