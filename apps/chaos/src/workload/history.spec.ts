import { readFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anExchange } from '../testing/an-exchange.js';
import { History, toldOf } from './history.js';

describe('the history', () => {
  it('is on disk, line by line, as it was at hand', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'holdfast-history-')), 'history.jsonl');
    const history = new History(path);
    history.add(anExchange({ number: history.nextNumber(), key: 'a' }));
    history.add(anExchange({ number: history.nextNumber(), key: 'b', kind: 'info' }));
    await history.close();
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(history.exchanges);
    expect(history.exchanges.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('tells the checker what was asked for, and not what was only looked at', () => {
    const told = toldOf([
      anExchange({ asked: 'charge' }),
      anExchange({ asked: 'read' }),
      anExchange({ asked: 'hostile' }),
    ]);
    expect(told.map(({ asked }) => asked)).toEqual(['charge']);
  });

  it('takes an answer of 5xx for none at all', () => {
    const [told] = toldOf([anExchange({ kind: 'info', status: 500, body: '{}' })]);
    expect(told).toMatchObject({ kind: 'info', status: 500 });
    expect(told).not.toHaveProperty('body');
  });
});
