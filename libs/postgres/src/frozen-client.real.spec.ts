import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { eventually, testDatabase } from '#testing';
import { statement } from './statement.js';

const create = statement('frozen.create', 'CREATE TABLE item (id int PRIMARY KEY, written_by text)');
const fill = statement('frozen.fill', 'INSERT INTO item (id) VALUES (1)');
const take = statement('frozen.take', `UPDATE item SET written_by = 'another' WHERE id = 1`);
const read = statement('frozen.read', 'SELECT written_by FROM item');
const sessions = statement(
  'frozen.sessions',
  `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
);

describe('A process that is frozen by SIGSTOP between the two round trips of a transaction', () => {
  it('loses its locks after ten seconds, and commits nothing when it thaws', async () => {
    // The waiter's lock_timeout is longer than what it waits for.
    const test = await testDatabase('frozen_client', { lockTimeoutMs: 30_000, statementTimeoutMs: 30_000 });
    await test.database.query(create);
    await test.database.query(fill);
    const loader = new URL('../../../infra/local/load-typescript.mjs', import.meta.url).href;
    const client = new URL('../fixtures/client.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--import', loader, client, test.url, test.name], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    try {
      await eventually('the child has the lock', () => lines.includes('locked'), { timeoutMs: 20_000 });
      child.kill('SIGSTOP');
      expect(await test.database.query(sessions)).toEqual([{ count: 1 }]);
      const startedMs = performance.now();
      await test.database.query(take);
      expect(performance.now() - startedMs).toBeLessThan(15_000);
      expect(await test.database.query(sessions)).toEqual([{ count: 0 }]);

      child.stdin.write('go on\n');
      child.kill('SIGCONT');
      await eventually('it has ended', () => lines.length === 2);
      expect(lines[1]).toContain('transient');
      expect(await test.database.query(read)).toEqual([{ written_by: 'another' }]);
    } finally {
      child.kill('SIGKILL');
      await exited;
      await test.drop();
    }
  });
});
