import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { statement } from '#postgres';
import { eventually, testDatabase } from '#testing';
import { leaseTableSql } from './lease-table.js';
import { Leases } from './leases.js';

const timing = { ttlMs: 1_000, renewEveryMs: 200, trustMarginMs: 200 };

describe('A leader that is frozen by SIGSTOP', () => {
  it('does not act when it thaws after another has taken over', async () => {
    const test = await testDatabase('frozen');
    for (const [index, text] of leaseTableSql.split(';').entries()) {
      if (text.trim()) await test.database.query(statement(`frozen.table_${index}`, text));
    }
    const loader = new URL('../../../infra/local/load-typescript.mjs', import.meta.url).href;
    const leader = new URL('../fixtures/leader.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--import', loader, leader, test.url, test.name, JSON.stringify(timing)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    const successor = new Leases({ database: test.database, holder: 'successor', clock: new SystemClock(), ...timing });
    try {
      await eventually('the child leads', () => lines.includes('acquired 1'), { timeoutMs: 20_000 });
      child.stdin.write('act\n');
      await eventually('it acts', () => lines.includes('acts'));

      child.kill('SIGSTOP');
      const epochs: number[] = [];
      successor.contend('job', { onAcquired: ({ epoch }) => void epochs.push(epoch), onLost: () => undefined });
      await eventually('the successor leads', () => epochs.length === 1);
      // The line waits in the child's pipe: it reads it before anything else after the thaw.
      child.stdin.write('act\n');
      child.kill('SIGCONT');
      await eventually('it has answered and stopped', () => lines.includes('lost') && lines.length === 4);
      expect(epochs).toEqual([2]);
      expect(lines.filter((line) => line !== 'lost')).toEqual(['acquired 1', 'acts', 'refuses']);
    } finally {
      child.kill('SIGKILL');
      await exited;
      await successor.close();
      await test.drop();
    }
  });
});
