import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { bankProtocol, payments } from '#contracts';
import { outsidePromises } from '#virtual-time';
import { notEmpty } from '#testing';
import { definitions, run } from '../campaign/one-run.js';
import { repositoryRoot } from '../../../../infra/local/repository.js';
import { BalanceRepository } from '../../../../apps/ledger/src/books/balance.repository.js';
import { BalanceReading } from '../../../../apps/payments-api/src/balance/http/balance-reading.js';
import { aCharge } from '../regressions/regression.js';
import { planned, type WorldSchedule } from '../schedule/schedule.js';
import type { SimulatedServiceDefinition } from '../service/service-definition.js';
import type { ProviderToken } from '../service/wiring.js';
import type { Definitions, WorldResult } from './world.js';

let services: Definitions;
beforeAll(async () => {
  services = await definitions();
});

const happens = (schedule: WorldSchedule): Promise<WorldResult> => outsidePromises(() => run(schedule, services));

describe('a world', () => {
  it('has the same log, byte for byte, for the same seed', async () => {
    const [first, other, again] = [await happens(planned(3)), await happens(planned(4)), await happens(planned(3))];
    expect(again.story.toString()).toBe(first.story.toString());
    expect(again.events).toBe(first.events);
    expect(other.story.toString()).not.toBe(first.story.toString());
  }, 60_000);

  it('settles every charge without faults', async () => {
    const { operations, ...schedule } = planned(5);
    // An authorized charge would stay so for a week.
    const captured = operations.map((operation) =>
      operation.kind === 'create' ? { ...operation, capture: true } : operation,
    );
    const outcome = await happens({ ...schedule, operations: captured, faults: [] });
    expect(outcome.bugs).toEqual([]);
    expect(outcome.verdict).toMatchObject({ holds: true });
    const settled = [...outcome.counts.byName].filter(([name]) => name.startsWith('charges_settled_total'));
    expect(settled.reduce((sum, [, count]) => sum + count, 0)).toBe(outcome.verdict.charges);
  });

  it('restarts a service that loses its database during its start', async () => {
    const lostAt = (lostMs: number): WorldSchedule => ({
      seed: 1,
      operations: [{ kind: 'create', id: 0, atMs: 2_000, ...aCharge, capture: true }],
      faults: [
        { kind: 'kill', atMs: 1_000, service: 'payments-api', instance: 0, downMs: 100 },
        { kind: 'database_away', atMs: 1_100 + lostMs, service: 'payments-api', forMs: 3_000 },
      ],
      lingerMs: 0,
      settings: {},
    });
    const outcomes: WorldResult[] = [];
    for (let lostMs = 0; lostMs < 4; lostMs += 0.2) outcomes.push(await happens(lostAt(lostMs)));
    expect(outcomes.flatMap(({ bugs }) => bugs)).toEqual([]);
    expect(notEmpty(outcomes).every(({ verdict }) => verdict.holds)).toBe(true);
    expect(outcomes.some(({ story }) => story.toString().includes('could not start'))).toBe(true);
  });

  it('runs and counts every periodic job of docs/operating.md', async () => {
    const outcome = await happens({
      seed: 1,
      operations: [{ kind: 'create', id: 0, atMs: 1_000, ...aCharge, capture: true }],
      // The jobs for parked events only run in worlds with poison.
      faults: [{ kind: 'poison', atMs: 9_000, topic: payments.chargeRequested.topic }],
      lingerMs: 0,
      settings: {},
    });
    expect(outcome.bugs).toEqual([]);
    const counted = [...outcome.counts.byName.keys()].flatMap(
      (name) => /^periodic_job_runs_total (\S+) succeeded$/.exec(name)?.[1] ?? [],
    );
    const handbook = await readFile(join(repositoryRoot, 'docs/operating.md'), 'utf8');
    const jobs = handbook.slice(handbook.indexOf('## Periodic jobs')).split('\n## ')[0]!;
    const listed = [...jobs.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name!);
    const ofBanks = bankProtocol.bankNames.map((bank) => `statement-${bank}`);
    expect(counted.sort()).toEqual([...listed.filter((name) => name !== 'statement'), ...ofBanks].sort());
  });

  it('leaps at quiescence: keys and authorizations expire, inboxes delete old ids', async () => {
    const create = { kind: 'create', id: 0, atMs: 1_000, ...aCharge, capture: false } as const;
    const outcome = await happens({
      seed: 1,
      operations: [create],
      faults: [],
      lingerMs: 0,
      later: { leapMs: 15 * 24 * 60 * 60 * 1_000, operations: [{ ...create, id: 1, atMs: 10_000, keyOf: 0 }] },
      settings: {},
    });
    expect(outcome.bugs).toEqual([]);
    expect(outcome.verdict).toMatchObject({ holds: true, charges: 2 });
    expect(outcome.counts.of('sometimes key-used-anew')).toBe(1);
    // Both instances may find it: right after the leap the old leader has not yet noticed that its lease has expired.
    expect(outcome.counts.of('sometimes authorization-lapsed')).toBeGreaterThan(0);
    expect(outcome.counts.of('sometimes inbox-forgot')).toBeGreaterThan(0);
  });

  it('checks strict keys: an unknown one is rejected, and a revoked one after five seconds', async () => {
    const outcome = await happens({
      seed: 1,
      operations: [
        { kind: 'create', id: 0, atMs: 100, ...aCharge, account: 'acct_anna', capture: true },
        { kind: 'foreign', id: 1, atMs: 3_000, account: 'acct_nobody', of: 0, attempt: 'retrieve' },
        { kind: 'revoke_key', atMs: 500, account: 'acct_dora', everyMs: 500, revokedAfterMs: 2_000 },
      ],
      faults: [],
      lingerMs: 0,
      settings: { API_KEYS: 'strict' },
    });
    expect(outcome.bugs).toEqual([]);
    expect(outcome.verdict).toMatchObject({ holds: true, charges: 1 });
    expect(outcome.counts.of('sometimes revoked-key-refused')).toBeGreaterThan(0);
    const story = outcome.story.toString();
    expect(story).toMatch(/tries to retrieve \S+ of another: 401/);
    expect(story).toMatch(/acct_dora looks at its balance: 200/);
    expect(story).toMatch(/acct_dora looks at its balance: 401/);
  });

  it('restarts a service instance by instance, and leaves no request unanswered', async () => {
    const operations = Array.from({ length: 20 }, (_, id) => {
      return { kind: 'create', id, atMs: 900 + 10 * id, ...aCharge, capture: true } as const;
    });
    const faults = (['payments-api', 'bank-gateway', 'ledger'] as const).map(
      (service) => ({ kind: 'rolling_restart', atMs: 1_000, service }) as const,
    );
    const outcome = await happens({ seed: 1, operations, faults, lingerMs: 0, settings: {} });
    expect(outcome.bugs).toEqual([]);
    expect(outcome.verdict).toMatchObject({ holds: true, charges: 20 });
    expect(outcome.counts.of('sometimes stopped-in-flight')).toBeGreaterThan(0);
    const ended = outcome.story.happenings().filter(({ what }) => what === 'has ended');
    expect(ended.map(({ who }) => who).sort()).toEqual([
      'bank-gateway-0',
      'bank-gateway-1',
      'ledger-0',
      'ledger-1',
      'payments-api-0',
      'payments-api-1',
    ]);
  });

  it('is broken by a request without an answer after all faults are lifted', async () => {
    const schedule: WorldSchedule = {
      seed: 1,
      operations: [{ kind: 'balance', atMs: 1_000, account: aCharge.account }],
      faults: [],
      lingerMs: 0,
      settings: {},
    };
    const unread = { balance: () => Promise.reject(new Error('a bug')) };
    const failing = { ...services, 'payments-api': withMade(services['payments-api'], BalanceReading, unread) };
    const { verdict } = await outsidePromises(() => run(schedule, failing, 'promises'));
    expect(verdict.violations).toMatchObject([
      { id: 'A15', lines: [expect.stringContaining('balance')] },
      { id: 'A16', lines: expect.arrayContaining([expect.stringContaining('balance')]) },
    ]);
    expect((await happens(schedule)).verdict.violations).toEqual([]);
  });

  it('is broken by a periodic job that fails for a reason of its own, whatever it is judged by', async () => {
    const schedule: WorldSchedule = {
      seed: 1,
      operations: [{ kind: 'create', id: 0, atMs: 1_000, ...aCharge, capture: true }],
      faults: [{ kind: 'database_away', atMs: 2_000, service: 'payments-api', forMs: 3_000 }],
      lingerMs: 0,
      settings: {},
    };
    const unable = { rollUp: () => Promise.reject(new Error('a bug')) };
    const failing = { ...services, ledger: withMade(services.ledger, BalanceRepository, unable) };
    for (const judge of ['everything', 'promises'] as const) {
      const { verdict } = await outsidePromises(() => run(schedule, failing, judge));
      expect(verdict.violations).toMatchObject([{ id: 'A18', lines: [expect.stringContaining('roll-up')] }]);
    }
    // A failure that the world's faults explain does not count.
    expect((await happens(schedule)).verdict.violations).toEqual([]);
  });

  it('is broken by a warning that no fault explains, unless it is judged by the promises alone', async () => {
    const schedule = (...faults: WorldSchedule['faults']): WorldSchedule => ({
      seed: 1,
      operations: [{ kind: 'create', id: 0, atMs: 1_000, ...aCharge, capture: true }],
      faults,
      lingerMs: 0,
      settings: {},
    });
    const isWarned = ({ story }: WorldResult): boolean => story.toString().includes('warn: a periodic job did not get');
    const lost = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const unable = { rollUp: () => Promise.reject(lost) };
    const warning = { ...services, ledger: withMade(services.ledger, BalanceRepository, unable) };
    const unprovoked = await outsidePromises(() => run(schedule(), warning));
    expect(unprovoked.bugs[0]).toMatch(/^ledger: no fault provoked this warn: a periodic job did not get through/);
    const forgiven = await outsidePromises(() => run(schedule(), warning, 'promises'));
    expect([forgiven.bugs, isWarned(forgiven)]).toEqual([[], true]);

    const away = { kind: 'database_away', atMs: 2_000, forMs: 3_000 } as const;
    const provoked = await happens(schedule({ ...away, service: 'ledger' }));
    expect([provoked.bugs, isWarned(provoked)]).toEqual([[], true]);
    expect(provoked.counts.of('warning job-interrupted')).toBeGreaterThan(0);
    // The same fault at another service.
    const elsewhere = await outsidePromises(() => run(schedule({ ...away, service: 'bank-gateway' }), warning));
    expect(elsewhere.bugs[0]).toMatch(/^ledger: /);
  });
});

/** The service with one of its parts replaced. */
function withMade(
  { wiring, ...definition }: SimulatedServiceDefinition,
  token: ProviderToken,
  part: object,
): SimulatedServiceDefinition {
  const makings = wiring.makings.map((making) => (making.token === token ? { ...making, make: () => part } : making));
  const byToken = new Map(makings.map((making) => [making.token, making]));
  return { ...definition, wiring: { ...wiring, makings, byToken } };
}
