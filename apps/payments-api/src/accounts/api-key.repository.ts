import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Any, IsNull, type Repository } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity.js';

/** Keys that were provisioned, by their keyed hashes. */
@Injectable()
export class ApiKeyRepository {
  constructor(@InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>) {}

  /** @returns the account of each hash whose key opens one */
  async accountsOf(hashes: readonly string[]): Promise<Map<string, string>> {
    const found = await this.keys.find({
      select: { hash: true, account: true },
      where: { hash: Any(hashes), revokedAt: IsNull() },
    });
    return new Map(found.map(({ hash, account }) => [hash, account]));
  }

  /** A hash that is there already stays as it is. */
  async provision(key: Pick<ApiKeyEntity, 'hash' | 'account' | 'label'>): Promise<void> {
    await this.keys.createQueryBuilder().insert().values(key).orIgnore().execute();
  }

  /** @returns false when there is no such key, or it was revoked before */
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
