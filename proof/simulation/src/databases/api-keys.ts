import type { Server } from '#memory-postgres';
import { entitiesOver } from '#postgres';
import { revokeKey } from '../../../../apps/payments-api/src/accounts/accounts.repository.js';
import { ApiKeyEntity } from '../../../../apps/payments-api/src/accounts/api-key.entity.js';
import { ApiKeyRepository } from '../../../../apps/payments-api/src/accounts/api-key.repository.js';
import { KeyedHash } from '../../../../apps/payments-api/src/accounts/keyed-hash.js';
import { directSession } from './direct-session.js';
import { accounts, REVOKED_ACCOUNT } from '../schedule/accounts.js';

/** API_SECRET of payments-api in every world. */
export const API_SECRET = 'known to the simulation alone';

const hash = new KeyedHash(API_SECRET);
const entities = [ApiKeyEntity];
const provisioned: readonly string[] = [...accounts, REVOKED_ACCOUNT];

/** The API key of an account. It contains the account's name, so that evidence is readable. */
export const apiKeyOf = (account: string): string => `sk_test_${account}`;

/** Provisions the keys of every world by SQL: TypeORM in each world would take a hundredth of its time. */
export const provisionedKeysSql = `INSERT INTO api_key (hash, account, label, created_at) VALUES ${provisioned
  .map((account) => `('${hash.digest('api_key', apiKeyOf(account))}', '${account}', 'shop', to_timestamp(0))`)
  .join(', ')}`;

/** The API keys of a world with strict keys. */
export class ApiKeys {
  readonly #revokedMs = new Map<string, number>();

  /** @param nowMs Unix ms of the world */
  constructor(
    private readonly server: Server,
    private readonly nowMs: () => number,
  ) {}

  /** See `ApiExchange`. */
  opensUntilMs(account: string): number | undefined {
    return provisioned.includes(account) ? this.#revokedMs.get(account) : -Infinity;
  }

  /** Revokes a key as `holdfast key --revoke` does, without taking time. */
  async revoke(account: string): Promise<void> {
    this.#revokedMs.set(account, this.nowMs());
    const source = await entitiesOver(directSession(this.server), entities);
    await revokeKey(new ApiKeyRepository(source.getRepository(ApiKeyEntity)), hash, apiKeyOf(account));
  }
}
