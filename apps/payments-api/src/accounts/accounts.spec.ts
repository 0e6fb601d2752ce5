import { describe, expect, it } from '@jest/globals';
import { readSettings } from '#service';
import { FakeClock, notEmpty } from '#testing';
import { developmentSecret, paymentsSettings } from '../settings.js';
import { ProvisionedAccounts, SandboxAccounts } from './accounts.repository.js';
import { KeyedHash } from './keyed-hash.js';

const hash = new KeyedHash('a secret for tests only');

/** A table of keys whose queries resolve on command. */
class Table {
  readonly accounts = new Map<string, string>();
  readonly asked: (readonly string[])[] = [];
  inFlight = 0;
  mostInFlight = 0;

  provision(apiKey: string, account: string): void {
    this.accounts.set(hash.digest('api_key', apiKey), account);
  }

  async accountsOf(hashes: readonly string[]): Promise<Map<string, string>> {
    this.asked.push(hashes);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    return new Map(hashes.flatMap((each) => (this.accounts.has(each) ? [[each, this.accounts.get(each)!]] : [])));
  }
}

describe('strict mode', () => {
  it('looks thousands of unknown keys up together, and known ones beside them', async () => {
    const table = new Table();
    table.provision('sk_test_shop', 'acct_shop');
    const accounts = new ProvisionedAccounts(table, hash, new FakeClock());
    const strangers = Array.from({ length: 13_000 }, (_, n) => accounts.accountOf(`sk_test_stranger${n}`));
    const shop = accounts.accountOf('sk_test_shop');
    const outcomes = await Promise.allSettled(strangers);
    expect(notEmpty(outcomes).every((each) => each.status === 'rejected' && each.reason.httpStatus === 401)).toBe(true);
    expect(await shop).toBe('acct_shop');
    expect(table.mostInFlight).toBe(1);
    expect(table.asked.length).toBeLessThanOrEqual(13_000 / 500 + 2);
  });

  it('does not ask again for a key that it knows, while strangers come', async () => {
    const table = new Table();
    table.provision('sk_test_shop', 'acct_shop');
    const accounts = new ProvisionedAccounts(table, hash, new FakeClock());
    await accounts.accountOf('sk_test_shop');
    const strangers = Promise.allSettled(Array.from({ length: 1_000 }, (_, n) => accounts.accountOf(`sk_test_${n}`)));
    const queries = table.asked.length;
    await accounts.accountOf('sk_test_shop');
    expect(table.asked.length).toBe(queries);
    await strangers;
  });

  it('lets a key in from the moment it is provisioned, though it was refused before', async () => {
    const table = new Table();
    const accounts = new ProvisionedAccounts(table, hash, new FakeClock());
    await expect(accounts.accountOf('sk_test_shop')).rejects.toThrow('Invalid API Key');
    table.provision('sk_test_shop', 'acct_shop');
    expect(await accounts.accountOf('sk_test_shop')).toBe('acct_shop');
  });

  it('lets a revoked key in for five seconds at most', async () => {
    const table = new Table();
    const clock = new FakeClock();
    table.provision('sk_test_shop', 'acct_shop');
    const accounts = new ProvisionedAccounts(table, hash, clock);
    await accounts.accountOf('sk_test_shop');
    table.accounts.clear();
    await clock.advance(4_999);
    expect(await accounts.accountOf('sk_test_shop')).toBe('acct_shop');
    await clock.advance(1);
    await expect(accounts.accountOf('sk_test_shop')).rejects.toThrow('Invalid API Key');
  });

  it('counts these five seconds from before the look-up, however late it is answered', async () => {
    const table = new Table();
    const clock = new FakeClock();
    table.provision('sk_test_shop', 'acct_shop');
    const keys: Pick<Table, 'accountsOf'> = {
      accountsOf: async (hashes) => {
        const found = await table.accountsOf(hashes);
        await clock.advance(4_000);
        return found;
      },
    };
    const accounts = new ProvisionedAccounts(keys, hash, clock);
    await accounts.accountOf('sk_test_shop');
    table.accounts.clear();
    await clock.advance(999);
    expect(await accounts.accountOf('sk_test_shop')).toBe('acct_shop');
    await clock.advance(1);
    await expect(accounts.accountOf('sk_test_shop')).rejects.toThrow('Invalid API Key');
  });

  it('goes on after a look-up that failed', async () => {
    let broken = true;
    const table = new Table();
    table.provision('sk_test_shop', 'acct_shop');
    const keys: Pick<Table, 'accountsOf'> = {
      accountsOf: (hashes) => (broken ? Promise.reject(new Error('away')) : table.accountsOf(hashes)),
    };
    const accounts = new ProvisionedAccounts(keys, hash, new FakeClock());
    await expect(accounts.accountOf('sk_test_shop')).rejects.toThrow('away');
    broken = false;
    expect(await accounts.accountOf('sk_test_shop')).toBe('acct_shop');
  });

  it('does not start with the published secret', () => {
    const settings = (given: NodeJS.ProcessEnv) => readSettings(paymentsSettings, given);
    for (const API_SECRET of [undefined, '', developmentSecret]) {
      expect(() => settings({ API_KEYS: 'strict', API_SECRET })).toThrow(
        'API_SECRET: API_KEYS=strict needs a secret of your own',
      );
    }
    expect(settings({ API_KEYS: 'strict', API_SECRET: 'a secret for tests only' })).toBeDefined();
    expect(settings({})).toMatchObject({ API_KEYS: 'sandbox', API_SECRET: developmentSecret });
  });
});

describe('the sandbox', () => {
  it('gives a key the same account, however many others come', () => {
    const accounts = new SandboxAccounts(hash);
    const mine = accounts.accountOf('sk_test_my-shop');
    for (let n = 0; n < 20_000; n++) accounts.accountOf(`sk_test_stranger${n}`);
    expect(accounts.accountOf('sk_test_my-shop')).toBe(mine);
    expect(mine).toMatch(/^acct_[0-9A-Za-z]{16}$/);
  });
});
