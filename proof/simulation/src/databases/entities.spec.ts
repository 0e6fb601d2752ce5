import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Server, type Template } from '#memory-postgres';
import { entitiesOver, type Sql } from '#postgres';
import { frameEntities } from '#service';
import { notEmpty } from '#testing';
import { ApiKeyEntity } from '../../../../apps/payments-api/src/accounts/api-key.entity.js';
import { ApiKeyRepository } from '../../../../apps/payments-api/src/accounts/api-key.repository.js';
import { AccountLimitEntity } from '../../../../apps/ledger/src/accounts/account-limit.entity.js';
import { LimitSettingsRepository } from '../../../../apps/ledger/src/accounts/limit-settings.repository.js';
import { TestClockEntity } from '../../../../apps/payments-api/src/test-clocks/test-clock.entity.js';
import { TestClockRepository } from '../../../../apps/payments-api/src/test-clocks/test-clock.repository.js';
import { define } from '../service/service-definition.js';
import { roots } from '../service/roots.js';
import { directSession } from './direct-session.js';

const sessionOf = (template: Template, now = () => 1_000): Sql =>
  directSession(new Server(template.storage(), { now, soon: (work) => work(), after: () => ({ cancel() {} }) }));

describe.each(roots.map((root) => [root.name, root] as const))('the entities of %s', (_, root) => {
  it('can each be read from the Postgres in memory by TypeORM', async () => {
    const { options, database } = await define(root);
    const source: DataSource = await entitiesOver(sessionOf(database), [...options.entities, ...frameEntities]);
    for (const { target, primaryColumns } of notEmpty(source.entityMetadatas)) {
      const repository = source.getRepository(target);
      const order = Object.fromEntries(primaryColumns.map(({ propertyName }) => [propertyName, 'ASC' as const]));
      const rows = await repository.find({ order, take: 3 });
      expect(rows.length).toBeLessThanOrEqual(3);
    }
  });
});

describe('the repository of API keys, over the Postgres in memory', () => {
  it('provisions a key once, finds it, and revokes it once', async () => {
    const { database } = await define(roots[0]);
    const source = await entitiesOver(sessionOf(database), [ApiKeyEntity]);
    const keys = new ApiKeyRepository(source.getRepository(ApiKeyEntity));
    await keys.provision({ hash: 'h1', account: 'acct_1', label: 'shop' });
    await keys.provision({ hash: 'h1', account: 'acct_2', label: 'other' });
    expect(await keys.accountsOf(['h1', 'h2'])).toEqual(new Map([['h1', 'acct_1']]));
    expect(await source.getRepository(ApiKeyEntity).findOneBy({ hash: 'h1' })).toEqual({
      hash: 'h1',
      account: 'acct_1',
      label: 'shop',
      createdAt: 1_000,
      revokedAt: null,
    });
    expect(await keys.revoke('h1')).toBe(true);
    expect(await keys.revoke('h1')).toBe(false);
    expect(await keys.accountsOf(['h1', 'h2'])).toEqual(new Map());
  });
});

describe('the repository of test clocks, over the Postgres in memory', () => {
  it('finds the clock of an account, its changes, and retires old ones', async () => {
    const day = 24 * 60 * 60 * 1_000;
    let nowMs = 100 * day;
    const { database } = await define(roots[0]);
    const source = await entitiesOver(
      sessionOf(database, () => nowMs),
      [TestClockEntity],
    );
    const rows = source.getRepository(TestClockEntity);
    const clocks = new TestClockRepository(rows);
    const ofAccount = { account: 'acct_1', id: 'clock_1', name: null, frozenTime: 7_000, offsetMs: -5 };
    await rows.insert(ofAccount);
    expect(await clocks.find('acct_1')).toMatchObject({ ...ofAccount, createdAt: nowMs });
    expect(await clocks.find('acct_2')).toBeUndefined();
    const change = { account: 'acct_1', offsetMs: -5, deleted: false, changedAt: nowMs };
    expect(await clocks.changes(nowMs)).toEqual([change]);
    expect(await clocks.changes(nowMs + 1)).toEqual([]);
    nowMs += 30 * day;
    await clocks.retire();
    expect(await clocks.find('acct_1')).toBeDefined();
    nowMs += 1;
    await clocks.retire();
    expect(await clocks.find('acct_1')).toBeUndefined();
    expect(await clocks.changes(0)).toEqual([{ ...change, deleted: true, changedAt: nowMs }]);
    nowMs += day + 1;
    await clocks.retire();
    expect(await clocks.changes(0)).toEqual([]);
  });
});

describe('the repository of limits, over the Postgres in memory', () => {
  it('freezes an account, and sets and lifts its amounts by currency', async () => {
    const { database } = await define(roots[2]);
    const session = sessionOf(database);
    const source = await entitiesOver(session, [AccountLimitEntity]);
    const limits = new LimitSettingsRepository(source.getRepository(AccountLimitEntity));
    expect(await limits.inUse(session, 'acct_1')).toBeUndefined();
    await limits.cap('acct_1', 'usd', null);
    expect(await limits.inUse(session, 'acct_1')).toBeUndefined();
    await limits.freeze('acct_1', true);
    await limits.cap('acct_1', 'usd', 500);
    await limits.cap('acct_1', 'eur', 700);
    await limits.overdraft('acct_1', 'jpy', 0);
    const set = { frozen: true, openHoldsCapMinor: { usd: 500, eur: 700 }, refundOverdraftMinor: { jpy: 0 } };
    expect(await limits.inUse(session, 'acct_1')).toEqual({ ...set, openHoldsMinor: {} });
    await limits.freeze('acct_1', false);
    await limits.cap('acct_1', 'usd', 900);
    await limits.cap('acct_1', 'eur', null);
    await limits.overdraft('acct_1', 'jpy', null);
    expect(await limits.inUse(session, 'acct_1')).toEqual({
      frozen: false,
      openHoldsCapMinor: { usd: 900 },
      openHoldsMinor: {},
      refundOverdraftMinor: {},
    });
    expect(await limits.inUse(session, 'acct_2')).toBeUndefined();
  });
});
