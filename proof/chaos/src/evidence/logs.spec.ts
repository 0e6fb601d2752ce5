import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { linesIn, NO_LINE_OF_THE_LOG, type LogLine } from './logs.js';

it('reads the logs line by line, and takes output that is no log line for a fatal one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-logs-'));
  const line = {
    time: '2026-11-25T12:00:00.000Z',
    service: 'ledger',
    instance: 'ledger-2',
    level: 'info',
    msg: 'ready',
  };
  const text = JSON.stringify(line);
  await writeFile(
    join(folder, 'ledger-2.log'),
    [text, 'TypeError: x is no function', '', text, '{"time":"20'].join('\n'),
  );
  await writeFile(join(folder, 'kafka.log'), '[2026-11-25] INFO started\n{"no": "line of ours"}\nfailed\n');
  const lines: LogLine[] = [];
  for await (const each of linesIn(folder)) lines.push(each);
  expect(lines).toEqual([
    line,
    { ...line, level: 'fatal', msg: NO_LINE_OF_THE_LOG, text: 'TypeError: x is no function' },
    line,
  ]);
});
