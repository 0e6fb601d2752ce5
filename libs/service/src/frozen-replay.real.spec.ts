import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { Leases, leaseTableSql } from '#leases';
import { statement } from '#postgres';
import { createLog, Metrics } from '#telemetry';
import { eventually } from '#testing';
import { GrowingLists, number } from '../../saga/src/testing/growing-lists.js';
import { JobRunner } from './job-runner.js';
import { LeasedJob } from './leased-job.js';

const timing = { ttlMs: 2_000, renewEveryMs: 300, trustMarginMs: 300 };

describe('a leader that is frozen in the middle of a replay', () => {
  it('locks its key until the database ends its transaction, and changes nothing when it thaws', async () => {
    const { lists, test } = await GrowingLists.create('frozen_replay');
    for (const [index, text] of leaseTableSql.split(';').entries()) {
      if (text.trim()) await test.database.query(statement(`frozen_replay.table_${index}`, text));
    }
    const clock = new SystemClock();
    const { consumer, replay } = lists.instance();
    lists.poison.add('a.0');
    await consumer.handle([0, 1, 2].map((n) => number('a', n)));
    lists.poison.clear();
    await lists.parked.requestReplay({ by: 'all' });

    const loader = new URL('../../../infra/local/load-typescript.mjs', import.meta.url).href;
    const fixture = new URL('../fixtures/replayer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, ['--import', loader, fixture, test.url, test.name, JSON.stringify(timing)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => {
      // At once: the decision blocks for only a second.
      if (line === 'decides a.0') child.kill('SIGSTOP');
      lines.push(line);
    });
    const leases = new Leases({ database: test.database, holder: 'successor', clock, ...timing });
    try {
      await eventually('it is frozen in its transaction', () => lines.includes('decides a.0'), { timeoutMs: 20_000 });
      const log = createLog({ service: 'ledger', instance: 'successor', level: 'silent' });
      const job = { name: 'replay', everyMs: 200, run: (stopped: AbortSignal) => replay.run(stopped) };
      const isTransient = (error: unknown): boolean => test.database.isTransient(error);
      const runner = new JobRunner({ clock, log, metrics: new Metrics(clock), isTransient });
      const successor = new LeasedJob(job, leases, runner);
      // idle_in_transaction_session_timeout is 10 s.
      await eventually('its successor is through', async () => (await lists.parked.keys()).length === 0, {
        timeoutMs: 30_000,
      });
      await consumer.handle([number('a', 3)]);
      child.kill('SIGCONT');
      await eventually('it has found out', () =>
        lines.includes('a periodic job did not get through; it will run again'),
      );
      await consumer.handle([number('a', 4)]);
      expect(await lists.numbers()).toEqual({ a: [0, 1, 2, 3, 4] });
      expect(lines.filter((line) => line.startsWith('decides'))).toEqual(['decides a.0']);
      await successor.close();
    } finally {
      child.kill('SIGKILL');
      await exited;
      await leases.close();
      await test.drop();
    }
  }, 90_000);
});
