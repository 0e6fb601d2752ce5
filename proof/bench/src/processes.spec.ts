import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { processUse, switchesBetween } from './processes.js';

it('counts the context switches of a child, also of one that began meanwhile', async () => {
  const child = 'i=0; while [ $i -lt 20 ]; do sleep 0.01; i=$((i + 1)); done; echo done; read end';
  const shell = spawn('sh', ['-c', `read go; sh -c '${child}'; true`], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const before = (await processUse({ shell: shell.pid! })).shell!;
    shell.stdin.write('go\n');
    await once(shell.stdout, 'data');
    const after = (await processUse({ shell: shell.pid! })).shell!;
    // It waits for each of its twenty sleeps.
    expect(switchesBetween(before, after)).toBeGreaterThanOrEqual(20);
  } finally {
    shell.stdin.end();
  }
});
