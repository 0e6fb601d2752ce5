import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Database } from '#postgres';
import { CLOCK, Jobs, provide, Shutdown, StepRegistry } from '#service';
import { AccountClocks } from './account-clocks.js';
import { ClockWatch } from './clock-watch.js';
import { TestClockEntity } from './test-clock.entity.js';
import { TestClockRepository } from './test-clock.repository.js';

/** The time of each account, for decisions and answers. */
@Module({
  imports: [TypeOrmModule.forFeature([TestClockEntity])],
  providers: [
    TestClockRepository,
    provide(
      AccountClocks,
      [Database, TestClockRepository, CLOCK, StepRegistry, Jobs, Shutdown],
      async (database, stored, clock, registry, jobs, shutdown) => {
        const clocks = new AccountClocks(clock);
        const watch = new ClockWatch(database, stored, clocks);
        await watch.start();
        jobs.onEveryInstance(watch.poll);
        shutdown.during('workers', 'the watch for test clocks', () => watch.close());
        registry.accountOffsetMs = (account) => clocks.offsetMs(account);
        return clocks;
      },
    ),
  ],
  exports: [AccountClocks, TestClockRepository],
})
export class AccountClocksModule {}
