import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Any, IsNull, type Repository } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity.js';

/** Provisioned API keys by their keyed hashes. */
@Injectable()
export class ApiKeyRepository {
  constructor(@InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>) {}

  /** @returns the account by hash; unknown and revoked keys are left out */
  async accountsOf(hashes: readonly string[]): Promise<Map<string, string>> {
    const found = await this.keys.find({
      select: { hash: true, account: true },
      where: { hash: Any(hashes), revokedAt: IsNull() },
    });
    return new Map(found.map(({ hash, account }) => [hash, account]));
  }

  /** Keeps an existing hash unchanged. */
  async provision(key: Pick<ApiKeyEntity, 'hash' | 'account' | 'label'>): Promise<void> {
    await this.keys.createQueryBuilder().insert().values(key).orIgnore().execute();
  }

  /** @returns false for an unknown or revoked key */
  async revoke(hash: string): Promise<boolean> {
    const { affected } = await this.keys
      .createQueryBuilder()
      .update()
      .set({ revokedAt: () => 'now()' })
      .where({ hash, revokedAt: IsNull() })
      .returning(['hash'])
      .execute();
    return affected === 1;
  }
}
