import type { Clock } from '#clock';
import { newAccount } from '#contracts';
import { GroupCommit } from '#postgres';
import { invalidApiKey, type KeyPolicy } from './credentials.js';
import type { ApiKeyRepository } from './api-key.repository.js';
import type { KeyedHash } from './keyed-hash.js';

/** Whose world a request lives in. */
export interface Accounts {
  readonly keys: KeyPolicy;
  /** @throws StripeError 401 for a key that opens nothing */
  accountOf(apiKey: string): string | Promise<string>;
}

const REMEMBERED_MAX = 10_000;

/**
 * Any test key opens an account of its own, so that every test can have a private world. Opening one costs a
 * hash: the account is derived, nothing is stored before it is charged, and what is remembered is bounded.
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
 * Only provisioned keys. They are kept as keyed hashes, and looked up again every few seconds, for a key may be
 * revoked. Keys that are not known are looked up one query at a time, for all who wait: however many of them
 * come, they hold one connection, and each costs a probe of an index. What opens nothing is not remembered,
 * so that a key works from the moment it is provisioned.
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

/** A bank, or an event, would refuse every charge of such an account. */
export class InvalidAccountName extends Error {
  readonly code = 'invalid_account_name';

  constructor(name: string) {
    super(`no account can be called ${JSON.stringify(name)}: acct_, then 1 to 59 letters, digits, - or _`);
  }
}

/**
 * @returns the account: the one given, or the one that the key would open in the sandbox
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

/** @returns false when there is no such key, or it was revoked before */
export function revokeKey(
  apiKeys: Pick<ApiKeyRepository, 'revoke'>,
  hash: KeyedHash,
  apiKey: string,
): Promise<boolean> {
  return apiKeys.revoke(hash.digest('api_key', apiKey));
}
