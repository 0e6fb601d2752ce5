import type { Clock } from '#clock';
import { newAccount } from '#contracts';
import { GroupCommit } from '#postgres';
import { invalidApiKey, type KeyPolicy } from './credentials.js';
import type { ApiKeyRepository } from './api-key.repository.js';
import type { KeyedHash } from './keyed-hash.js';

/** Finds the account of an API key. */
export interface Accounts {
  readonly keys: KeyPolicy;
  /** @throws StripeError 401 for an unknown key */
  accountOf(apiKey: string): string | Promise<string>;
}

const REMEMBERED_MAX = 10_000;

/**
 * Every test key has an account of its own, so that tests are isolated. The account is derived by a hash: nothing is
 * stored before its first charge, and the cache is bounded.
 */
export class SandboxAccounts implements Accounts {
  readonly keys = 'sandbox';
  private readonly known = new Map<string, string>();

  constructor(private readonly hash: KeyedHash) {}

  accountOf(apiKey: string): string {
    const known = this.known.get(apiKey);
    if (known) return known;
    const account = sandboxAccount(apiKey, this.hash);
    if (this.known.size >= REMEMBERED_MAX) this.known.clear();
    this.known.set(apiKey, account);
    return account;
  }
}

export function sandboxAccount(apiKey: string, hash: KeyedHash): string {
  return `acct_${hash.token('account', apiKey)}`;
}

const REMEMBERED_MS = 5_000;
const LOOKED_UP_AT_ONCE = 500;

/**
 * Only provisioned keys, stored as keyed hashes. A known key is cached for seconds, so that revocation takes effect.
 * Unknown keys share one query at a time, so a flood of them holds one connection; they are not cached, so that a
 * key works as soon as it is provisioned.
 */
export class ProvisionedAccounts implements Accounts {
  readonly keys = 'strict';
  private readonly known = new Map<string, { account: string; untilMs: number }>();
  private readonly lookups: GroupCommit<string, string | undefined>;

  constructor(
    private readonly apiKeys: Pick<ApiKeyRepository, 'accountsOf'>,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {
    this.lookups = new GroupCommit({
      run: (hashes) => this.lookUp(hashes),
      maxBatch: LOOKED_UP_AT_ONCE,
      maxInFlight: 1,
    });
  }

  async accountOf(apiKey: string): Promise<string> {
    const known = this.known.get(apiKey);
    const nowMs = this.clock.monotonicMs();
    if (known && nowMs < known.untilMs) return known.account;
    const account = await this.lookups.submit(this.hash.digest('api_key', apiKey));
    if (account === undefined) throw invalidApiKey(apiKey);
    if (this.known.size >= REMEMBERED_MAX) this.known.clear();
    // Counted from before the look-up: its answer may be late, and the key revoked meanwhile.
    this.known.set(apiKey, { account, untilMs: nowMs + REMEMBERED_MS });
    return account;
  }

  private async lookUp(hashes: readonly string[]): Promise<(string | undefined)[]> {
    const accounts = await this.apiKeys.accountsOf(hashes);
    return hashes.map((hash) => accounts.get(hash));
  }
}

/** Banks and event schemas would refuse every charge of such an account. */
export class InvalidAccountName extends Error {
  readonly code = 'invalid_account_name';

  constructor(name: string) {
    super(`no account can be called ${JSON.stringify(name)}: acct_, then 1 to 59 letters, digits, - or _`);
  }
}

/**
 * @returns the given account, or the one that the key has in sandbox mode
 * @throws InvalidAccountName
 */
export async function provisionKey(
  apiKeys: Pick<ApiKeyRepository, 'provision'>,
  hash: KeyedHash,
  { apiKey, label, account = sandboxAccount(apiKey, hash) }: { apiKey: string; label: string; account?: string },
): Promise<string> {
  if (!newAccount.safeParse(account).success) throw new InvalidAccountName(account);
  await apiKeys.provision({ hash: hash.digest('api_key', apiKey), account, label });
  return account;
}

/** @returns false for an unknown or revoked key */
export function revokeKey(
  apiKeys: Pick<ApiKeyRepository, 'revoke'>,
  hash: KeyedHash,
  apiKey: string,
): Promise<boolean> {
  return apiKeys.revoke(hash.digest('api_key', apiKey));
}
