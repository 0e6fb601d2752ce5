import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createLog, logDestination } from './log.js';

describe('a log', () => {
  it('survives a full disk', () => {
    const full = openSync('/dev/full', 'w'); // every write of it fails with ENOSPC
    const log = createLog({ service: 'test', instance: '1', destination: logDestination(full) });
    expect(() => {
      for (let line = 0; line < 100; line += 1) log.info('a line');
    }).not.toThrow();
    closeSync(full);
  });
});
