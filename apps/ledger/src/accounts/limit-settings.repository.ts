import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Currency } from '#money';
import type { Sql } from '#postgres';
import { AccountLimitEntity } from './account-limit.entity.js';
import { openHoldsOf } from './account-limits.repository.js';
import type { AccountLimits } from './account-limits.js';

type Amounts = 'openHoldsCapMinor' | 'refundOverdraftMinor';

/** Limits as operators read and set them. Each method is one statement at a time: no money moves here. */
@Injectable()
export class LimitSettingsRepository {
  constructor(@InjectRepository(AccountLimitEntity) private readonly limits: Repository<AccountLimitEntity>) {}

  /** Limits and their use, without locks. @param sql where to sum up the open holds */
  async inUse(sql: Sql, account: string): Promise<AccountLimits | undefined> {
    const [limit, openHolds] = await Promise.all([this.limits.findOneBy({ account }), openHoldsOf(sql, [account])]);
    if (!limit) return undefined;
    const { frozen, openHoldsCapMinor, refundOverdraftMinor } = limit;
    return { frozen, openHoldsCapMinor, openHoldsMinor: openHolds.get(account) ?? {}, refundOverdraftMinor };
  }

  async freeze(account: string, frozen: boolean): Promise<void> {
    await this.limits.upsert({ account, frozen }, ['account']);
  }

  /** @param capMinor the cap of the sum of open holds, in minor units; null removes it */
  cap(account: string, currency: Currency, capMinor: number | null): Promise<void> {
    return this.set('openHoldsCapMinor', account, currency, capMinor);
  }

  /** @param overdraftMinor how far below zero refunds may take the balance, in minor units; null for the default */
  overdraft(account: string, currency: Currency, overdraftMinor: number | null): Promise<void> {
    return this.set('refundOverdraftMinor', account, currency, overdraftMinor);
  }

  /** Merges in the database: another operator may set another currency concurrently. */
  private async set(amounts: Amounts, account: string, currency: Currency, minor: number | null): Promise<void> {
    // A row without limits limits nothing.
    if (minor !== null) await this.limits.createQueryBuilder().insert().values({ account }).orIgnore().execute();
    const column = this.limits.metadata.findColumnWithPropertyName(amounts)!.databaseName;
    const merged =
      minor === null ? `${column} - :currency::text` : `${column} || jsonb_build_object(:currency::text, :minor::int8)`;
    await this.limits
      .createQueryBuilder()
      .update()
      .set({ [amounts]: () => merged })
      .where({ account })
      .setParameters({ currency, minor })
      .execute();
  }
}
