import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { Database } from '#postgres';
import { CLOCK, LeasedJob, LOG, Shutdown } from '#service';
import type { Log } from '#telemetry';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { AccountClocksModule } from '../test-clocks/account-clocks.module.js';
import { BalanceAdmin } from './balance-admin.http.js';
import { BalanceReading } from './balance-reading.js';
import { BalanceController } from './balance.controller.js';
import { rollUpBalances } from './balance.repository.js';

const ROLL_UP_EVERY_MS = 5_000;

/** What merchants have, and what made it so. */
@Module({
  imports: [AccountClocksModule],
  controllers: [BalanceController],
  providers: [
    BalanceAdmin,
    {
      provide: BalanceReading,
      inject: [Database, AccountClocks],
      useFactory: (database: Database, clocks: AccountClocks) => new BalanceReading(database, clocks),
    },
    {
      provide: Symbol('roll-up'),
      inject: [Database, Leases, CLOCK, LOG, Shutdown],
      useFactory: (database: Database, leases: Leases, clock: Clock, log: Log, shutdown: Shutdown) => {
        const job = new LeasedJob(
          { name: 'balance-roll-up', everyMs: ROLL_UP_EVERY_MS, run: () => rollUpBalances(database) },
          leases,
          clock,
          log,
        );
        shutdown.during('workers', 'the roll-up of balances', () => job.close());
        return job;
      },
    },
  ],
})
export class BalanceModule {}
