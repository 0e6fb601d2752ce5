import { expect, it } from '@jest/globals';
import type { Database, PgTransaction, Statement } from '#postgres';
import type { AnyWork, BatchRunner } from '#saga';
import { createLog } from '#telemetry';
import { FakeClock } from '#testing';
import { dueStatement, ExpiryJob } from './expiry-job.js';

it('skips an authorization that cannot be canceled, with and without a test clock', async () => {
  const due = new Map([
    ['real time', ['ch_broken', 'ch_1', 'ch_2']],
    ['own clock', ['ch_3', 'ch_broken_too', 'ch_4']],
  ]);
  const database = {
    query: ({ name }: Statement, [, limit, except]: [number, number, string[]]) => {
      const ids = due.get(name === dueStatement.name ? 'real time' : 'own clock')!;
      const found = ids.filter((id) => !except.includes(id)).slice(0, limit);
      return Promise.resolve(found.map((id) => ({ id, account: 'acct_1' })));
    },
  } as unknown as Database;
  const expired: string[] = [];
  const runner = {
    isTransient: () => false,
    run: (works: readonly AnyWork[]) => {
      const found = works.map(({ key }) => (key as { chargeId: string }).chargeId);
      const broken = found.find((id) => id.startsWith('ch_broken'));
      if (broken) return Promise.reject(new Error(`${broken} has no opening`));
      for (const id of found) {
        expired.push(id);
        for (const [whose, ids] of due)
          due.set(
            whose,
            ids.filter((each) => each !== id),
          );
      }
      return Promise.resolve([]);
    },
  } as unknown as BatchRunner<PgTransaction>;
  const log = createLog({ service: 's', instance: 'i', level: 'silent' });
  const job = new ExpiryJob(database, runner, new FakeClock(), log);
  await expect(job.run()).rejects.toThrow('ch_broken fails, and 1 more: ch_broken has no opening');
  expect(expired).toEqual(['ch_1', 'ch_2', 'ch_3', 'ch_4']);
});
