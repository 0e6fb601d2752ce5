import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#postgres';
import { Jobs } from '#service';
import { ListsModule } from '../lists/lists.module.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { BalanceAdmin } from './http/balance-admin.http.js';
import { BalanceReading } from './http/balance-reading.js';
import { BalanceController } from './http/balance.controller.js';
import { rollUpBalances } from './balance.repository.js';

const ROLL_UP_EVERY_MS = 5_000;

/** Balances of merchants and their balance transactions. */
@Module({
  imports: [ListsModule, AccountClocksModule],
  controllers: [BalanceController],
  providers: [BalanceAdmin, BalanceReading],
})
export class BalanceModule implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    const run = (): Promise<void> => rollUpBalances(this.database);
    this.jobs.onOneInstance({ name: 'balance-roll-up', everyMs: ROLL_UP_EVERY_MS, run });
  }
}
