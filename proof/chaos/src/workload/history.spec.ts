import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { anExchange, unanswered } from '../testing/an-exchange.js';
import { History } from './history.js';

it('writes each exchange as a line, and returns them in the order of sending', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-history-')), 'history.jsonl');
  const history = new History(path);
  const [first, second, third] = [history.nextNumber(), history.nextNumber(), history.nextNumber()];
  const unreadable = { number: third, story: 'unreadable input', at: 'payments-api', sent: '?', sentMs: 1, endedMs: 2 };
  history.add(unanswered({ number: second, key: 'b' }));
  history.addUnreadable(unreadable);
  history.add(anExchange({ number: first, key: 'a' }));
  await history.close();
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    history.exchanges[0],
    unreadable,
    history.exchanges[1],
  ]);
  expect(history.inOrder.map(({ number }) => number)).toEqual([1, 2]);
});
