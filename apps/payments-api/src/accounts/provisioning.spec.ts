import { describe, expect, it } from '@jest/globals';
import { InvalidAccountName, provisionKey, sandboxAccount } from './accounts.repository.js';
import { KeyedHash } from './keyed-hash.js';

const hash = new KeyedHash('a secret for tests only');

function provision(account?: string) {
  const written: unknown[] = [];
  const keys = { provision: async (key: { account: string }) => void written.push(key.account) };
  return {
    written,
    done: provisionKey(keys, hash, { apiKey: 'sk_test_1', label: 'shop', ...(account && { account }) }),
  };
}

describe('a provisioned key', () => {
  it('opens the account that was given, or the one that it would open in the sandbox', async () => {
    expect(await provision('acct_my-shop').done).toBe('acct_my-shop');
    expect(await provision().done).toBe(sandboxAccount('sk_test_1', hash));
  });

  it.each([`acct_${'a'.repeat(80)}`, 'my shop', 'acct_my shop', 'acct_'])(
    'never opens an account of which no bank would take a charge: %s',
    async (account) => {
      const { written, done } = provision(account);
      await expect(done).rejects.toThrow(InvalidAccountName);
      expect(written).toEqual([]);
    },
  );
});
