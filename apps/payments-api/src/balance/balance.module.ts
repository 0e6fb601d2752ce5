import { Module } from '@nestjs/common';
import { Database } from '#postgres';
import { Jobs } from '#service';
import { ListPages } from '../lists/list-pages.js';
import { ListsModule } from '../lists/lists.module.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { BalanceAdmin } from './balance-admin.http.js';
import { BalanceReading } from './balance-reading.js';
import { BalanceController } from './balance.controller.js';
import { rollUpBalances } from './balance.repository.js';

const ROLL_UP_EVERY_MS = 5_000;

/** What merchants have, and what made it so. */
@Module({
  imports: [ListsModule, AccountClocksModule],
  controllers: [BalanceController],
  providers: [
    BalanceAdmin,
    {
      provide: BalanceReading,
      inject: [Database, AccountClocks, ListPages],
      useFactory: (database: Database, clocks: AccountClocks, pages: ListPages) =>
        new BalanceReading(database, clocks, pages),
    },
    {
      provide: Symbol('roll-up'),
      inject: [Database, Jobs],
      useFactory: (database: Database, jobs: Jobs) => {
        const run = (): Promise<void> => rollUpBalances(database);
        jobs.onOneInstance({ name: 'balance-roll-up', everyMs: ROLL_UP_EVERY_MS, run });
        return undefined;
      },
    },
  ],
})
export class BalanceModule {}
