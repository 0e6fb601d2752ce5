import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { repositoryRoot } from '../../infra/local/repository.js';
import { durations, durationsIn, inWords } from './durations.js';
import { pagesOf } from './pages.js';

const page = (name: string): string => readFileSync(join(repositoryRoot, 'docs', name), 'utf8');
const all = durations();
const ofCode = (file: string, name: string): number[] =>
  all.filter((each) => each.file.endsWith(file) && each.name === name).map(({ ms }) => ms);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe('the durations of the services', () => {
  it('are those of docs/durations.md: after an intended change, npm run docs', () => {
    expect(page('durations.md')).toBe(pagesOf()['durations.md']);
  });

  it('are found in every notation', () => {
    const source = `
      export const KEPT_MS = 24 * 60 * 60 * 1_000;
      const limits = { attemptTimeoutMs: 2_000, restMs: 60 * 60 * 1_000 };
      WAIT_MS: milliseconds.min(100).default(10_000),
      WHERE at < now() - interval '15 s' AND old < now() - interval '1 day' - $1 * interval '1 ms'`;
    expect(durationsIn(source)).toEqual([
      { name: 'KEPT_MS', ms: DAY_MS },
      { name: 'attemptTimeoutMs', ms: 2_000 },
      { name: 'restMs', ms: HOUR_MS },
      { name: 'WAIT_MS', ms: 10_000 },
      { name: 'interval', ms: 15_000 },
      { name: 'interval', ms: DAY_MS },
    ]);
    expect([50, 1_000, 1_500, 60_000, 300_000, DAY_MS, 14 * DAY_MS].map(inWords)).toEqual([
      '50 ms',
      '1 s',
      '1500 ms',
      '60 s',
      '5 min',
      '24 h',
      '14 days',
    ]);
  });

  it('are those that docs/retention.md promises', () => {
    const kept = (table: string): string =>
      new RegExp(`^\\| \`${table}\` \\| ([^|]+) \\|`, 'm').exec(page('retention.md'))![1]!;
    expect([kept('inbox'), ofCode('saga/src/inbox-retention.repository.ts', 'INBOX_KEPT_MS')]).toEqual([
      expect.stringMatching(/^14 days/),
      [14 * DAY_MS],
    ]);
    expect([kept('idempotency_key'), kept('idempotency_answer'), ofCode('reaper.ts', 'KEPT_MS')]).toEqual([
      expect.stringMatching(/^24 hours after its answer/),
      '24 hours',
      [DAY_MS],
    ]);
    expect([
      kept('test_clock'),
      ofCode('test-clock.ts', 'KEPT_MS'),
      ofCode('test-clock.repository.ts', 'DELETED_KEPT_MS'),
    ]).toEqual([expect.stringMatching(/^30 days, .*; then a day more/), [30 * DAY_MS], [DAY_MS]]);
    expect([kept('lease_contender'), ofCode('lease.repository.ts', 'interval')]).toEqual([
      expect.stringMatching(/an hour after its last sign$/),
      [HOUR_MS],
    ]);
    expect([kept('comparison_horizon'), ofCode('comparison.repository.ts', 'interval')]).toEqual([
      'an hour',
      [HOUR_MS],
    ]);
  });

  it('of periodic jobs are those of docs/operating.md', () => {
    const every = new Map(
      [...page('operating.md').matchAll(/^\| `([a-z-]+)`[^|]*\|[^|]*\|[^|]*\|[^|]*\| ([\d.]+) s[,\s]/gm)].map(
        ([, job, seconds]) => [job, Number(seconds) * 1_000],
      ),
    );
    expect(Object.fromEntries(every)).toEqual({
      'charge-sweeper': ofCode('charges.module.ts', 'SWEEP_EVERY_MS')[0],
      'charge-expiry': ofCode('charges.module.ts', 'EXPIRE_EVERY_MS')[0],
      'balance-roll-up': ofCode('balance.module.ts', 'ROLL_UP_EVERY_MS')[0],
      'key-reaper': ofCode('reaper.ts', 'REAP_EVERY_MS')[0],
      'event-retention': ofCode('event-retention.ts', 'PRUNE_EVERY_MS')[0],
      'test-clock-retirement': ofCode('test-clocks.module.ts', 'RETIRE_EVERY_MS')[0],
      'webhook-delivery': ofCode('deliverer.ts', 'LOOK_EVERY_MS')[0],
      'answer-watch': ofCode('answer-watch.ts', 'POLL_EVERY_MS')[0],
      'clock-watch': ofCode('clock-watch.ts', 'POLL_EVERY_MS')[0],
      'unsettled-watch': ofCode('unsettled-watch.ts', 'EVERY_MS')[0],
      'due-operations': ofCode('bank-gateway/src/settings.ts', 'OPERATIONS_LOOK_EVERY_MS')[0],
      'roll-up': ofCode('books.module.ts', 'ROLL_UP_EVERY_MS')[0],
      replay: ofCode('frame-jobs.ts', 'LOOK_FOR_REPLAYS_EVERY_MS')[0],
      retention: ofCode('frame-jobs.ts', 'RETENTION_EVERY_MS')[0],
    });
  });

  it('of settings are the defaults of docs/configuration.md', () => {
    const rows = [...page('configuration.md').matchAll(/^\| `([A-Z\d_]+_MS)` \| (\d+) \|/gm)];
    const promised = notEmpty(rows.map(([, name, ms]) => [name!, Number(ms)] as const).filter(([, ms]) => ms > 1));
    const settings = all.filter(({ file }) => file.endsWith('/settings.ts'));
    // The only setting whose default is another constant.
    const others = [['BANK_ATTEMPT_TIMEOUT_MS', ofCode('bank-config.ts', 'attemptTimeoutMs')[0]]];
    expect(Object.fromEntries(promised)).toEqual(
      Object.fromEntries([...settings.map(({ name, ms }) => [name, ms]), ...others]),
    );
  });

  it('are those that merchants are promised', () => {
    expect(ofCode('charges/charge/manual-authorization.ts', 'HELD_FOR_MS')).toEqual([7 * DAY_MS]);
    expect(ofCode('authorizations/authorization/next-action.ts', 'REVERSE_AFTER_DOUBT_MS')).toEqual([60_000]);
    expect(ofCode('authorizations/authorization/next-action.ts', 'NEEDS_ATTENTION_AFTER_MS')).toEqual([300_000]);
    expect(ofCode('authorizations/authorization/attempt.ts', 'OPERATION_LEASE_MS')).toEqual([10_000]);
    expect(ofCode('bank-config.ts', 'resetMs')).toEqual([5_000]);
    expect([...ofCode('reattempt-delay.ts', 'baseMs'), ...ofCode('reattempt-delay.ts', 'capMs')]).toEqual([
      500, 30_000,
    ]);
  });
});
