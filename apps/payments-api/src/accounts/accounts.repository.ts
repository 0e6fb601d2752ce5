import type { Clock } from '#clock';
import { newAccount } from '#contracts';
import { GroupCommit, statement, type Sql } from '#postgres';
import { invalidApiKey, type KeyPolicy } from '../http/credentials.js';
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

// LIMIT 1 changes no result. It keeps the planner at one probe per key.
export const findKeysStatement = statement(
  'api_key_find',
  `SELECT wanted.hash, found.account FROM unnest($1::text[]) AS wanted (hash)
   CROSS JOIN LATERAL (
     SELECT account FROM api_key WHERE api_key.hash = wanted.hash AND revoked_at IS NULL LIMIT 1
   ) AS found`,
);
const provisionStatement = statement(
  'api_key_provision',
  'INSERT INTO api_key (hash, account, label) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING',
);
const revokeStatement = statement(
  'api_key_revoke',
  'UPDATE api_key SET revoked_at = now() WHERE hash = $1 AND revoked_at IS NULL RETURNING account',
);

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
    private readonly sql: Sql,
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
    if (known && this.clock.monotonicMs() < known.untilMs) return known.account;
    const account = await this.lookups.submit(this.hash.digest('api_key', apiKey));
    if (account === undefined) throw invalidApiKey(apiKey);
    if (this.known.size >= REMEMBERED_MAX) this.known.clear();
    this.known.set(apiKey, { account, untilMs: this.clock.monotonicMs() + REMEMBERED_MS });
    return account;
  }

  private async lookUp(hashes: readonly string[]): Promise<(string | undefined)[]> {
    const rows = await this.sql.query<{ hash: string; account: string }>(findKeysStatement, [hashes]);
    const accounts = new Map(rows.map(({ hash, account }) => [hash, account]));
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
  sql: Sql,
  hash: KeyedHash,
  { apiKey, label, account = sandboxAccount(apiKey, hash) }: { apiKey: string; label: string; account?: string },
): Promise<string> {
  if (!newAccount.safeParse(account).success) throw new InvalidAccountName(account);
  await sql.query(provisionStatement, [hash.digest('api_key', apiKey), account, label]);
  return account;
}

/** @returns false when there is no such key, or it was revoked before */
export async function revokeKey(sql: Sql, hash: KeyedHash, apiKey: string): Promise<boolean> {
  return (await sql.query(revokeStatement, [hash.digest('api_key', apiKey)])).length > 0;
}
