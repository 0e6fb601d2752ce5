import { Inject, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Database } from '#postgres';
import { AdminServer } from '#service';
import { balanceMinor } from '../books/balance.js';
import { BalanceRepository } from '../books/balance.repository.js';
import { BooksModule } from '../books/books.module.js';
import { AccountLimitEntity } from './account-limit.entity.js';
import { AccountLimitsRepository } from './account-limits.repository.js';
import { LimitSettingsRepository } from './limit-settings.repository.js';

/** Accounts' balances and limits. */
@Module({
  imports: [BooksModule, TypeOrmModule.forFeature([AccountLimitEntity])],
  providers: [AccountLimitsRepository, LimitSettingsRepository],
  exports: [AccountLimitsRepository],
})
export class LedgerAccountsModule {
  constructor(
    @Inject(Database) database: Database,
    @Inject(LimitSettingsRepository) limits: LimitSettingsRepository,
    @Inject(BalanceRepository) balances: BalanceRepository,
    @Inject(AdminServer) admin: AdminServer,
  ) {
    /** By a merchant's account (`acct_…`), or by the id of a ledger account. */
    admin.get('/accounts/:id', async ({ params: { id = '' } }) => {
      const [accounts, limited] = await Promise.all([balances.balances(id), limits.inUse(database, id)]);
      if (accounts.length === 0 && !limited) return undefined;
      return {
        accounts: accounts.map((account) => ({ ...account, balanceMinor: balanceMinor(account) })),
        limits: limited ?? null,
      };
    });
  }
}
