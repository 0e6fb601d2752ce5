import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Server, type Template } from '#memory-postgres';
import { entitiesOver, type PgTransaction, type Sql } from '#postgres';
import { frameEntities } from '#service';
import { notEmpty } from '#testing';
import { ApiKeyEntity } from '../../../../apps/payments-api/src/accounts/api-key.entity.js';
import { ApiKeyRepository } from '../../../../apps/payments-api/src/accounts/api-key.repository.js';
import { AccountLimitEntity } from '../../../../apps/ledger/src/accounts/account-limit.entity.js';
import { LimitSettingsRepository } from '../../../../apps/ledger/src/accounts/limit-settings.repository.js';
import { CustomerEntity } from '../../../../apps/payments-api/src/customers/customer/customer.entity.js';
import { CustomerRepository } from '../../../../apps/payments-api/src/customers/customer/customer.repository.js';
import { PaymentMethodEntity } from '../../../../apps/payments-api/src/payment-methods/payment-method.entity.js';
import { PaymentMethodRepository } from '../../../../apps/payments-api/src/payment-methods/payment-method.repository.js';
import { TokenEntity } from '../../../../apps/payments-api/src/tokens/token.entity.js';
import { TokenRepository } from '../../../../apps/payments-api/src/tokens/token.repository.js';
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

describe('the repositories of customers, over the Postgres in memory', () => {
  const list = { account: 'acct_1', below: null, above: null, direction: 'down', limit: 5 } as const;

  it('keep a customer with its cards, and a token that is used once', async () => {
    const { database } = await define(roots[0]);
    const session = sessionOf(database);
    const tx = session as PgTransaction;
    const source = await entitiesOver(session, [CustomerEntity, PaymentMethodEntity, TokenEntity]);
    const customers = new CustomerRepository(source.getRepository(CustomerEntity), session);
    const methods = new PaymentMethodRepository(source.getRepository(PaymentMethodEntity), session);
    const tokens = new TokenRepository(source.getRepository(TokenEntity));
    const ofAccount = { account: 'acct_1', createdAt: 7_000, metadata: { a: 'b' } };
    const customer = {
      ...ofAccount,
      id: 'cus_1',
      deleted: false,
      email: 'a@b.c',
      testClock: '',
      defaultPaymentMethod: null,
      defaultSource: null,
      details: { name: 'Amy' } as never,
    };
    await customers.insert(tx, customer);
    expect(await customers.find('acct_1', 'cus_1')).toEqual(customer);
    expect(await customers.find('acct_2', 'cus_1')).toBeUndefined();
    expect(await customers.lock(tx, 'acct_1', 'cus_1')).toEqual(customer);
    expect([...(await customers.findMany(session, 'acct_1', ['cus_1', 'cus_2'])).keys()]).toEqual(['cus_1']);
    const filters = { email: 'a@b.c', test_clock: '' };
    expect(await customers.list({ ...list, filters })).toEqual([customer]);
    await customers.update(tx, { ...customer, deleted: true });
    expect(await customers.lock(tx, 'acct_1', 'cus_1')).toBeUndefined();
    expect(await customers.list({ ...list, filters })).toEqual([]);

    const method = {
      ...ofAccount,
      id: 'card_1',
      customer: 'cus_1',
      instrument: { funding: 'credit' } as never,
      billing: { name: 'Amy' } as never,
      allowRedisplay: 'unspecified' as const,
      spent: false,
    };
    await methods.save(tx, { ...method, customer: null });
    await methods.save(tx, method);
    expect(await methods.find('acct_1', 'card_1')).toEqual(method);
    expect(await methods.lock(tx, 'acct_2', 'card_1')).toBeUndefined();
    const ofCustomer = { customer: 'cus_1', allow_redisplay: null };
    expect(await methods.list({ ...list, filters: ofCustomer })).toEqual([method]);
    expect(await methods.listSources(session, { ...list, customer: 'cus_1' })).toEqual([method]);
    await methods.detachAll(tx, 'acct_1', 'cus_1');
    expect(await methods.find('acct_1', 'card_1')).toEqual({ ...method, customer: null, spent: true });
    await methods.remove(tx, method);
    expect((await methods.findMany(session, 'acct_1', ['card_1'])).size).toBe(0);

    const token = { id: 'tok_1', account: 'acct_1', createdAt: 7_000, instrument: {} as never, used: false };
    await tokens.insert(tx, token);
    expect([await tokens.use(tx, token), await tokens.use(tx, token)]).toEqual([true, false]);
    expect(await tokens.find('acct_1', 'tok_1')).toEqual({ ...token, used: true });
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
