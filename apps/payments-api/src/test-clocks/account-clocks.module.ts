import { Module } from '@nestjs/common';
import { Database } from '#postgres';
import { CLOCK, Jobs, provide, Shutdown, StepRegistry } from '#service';
import { AccountClocks } from './account-clocks.js';
import { ClockWatch } from './clock-watch.js';

/** The time of each account, for decisions and answers. */
@Module({
  providers: [
    provide(
      AccountClocks,
      [Database, CLOCK, StepRegistry, Jobs, Shutdown],
      async (database, clock, registry, jobs, shutdown) => {
        const clocks = new AccountClocks(clock);
        const watch = new ClockWatch(database, clocks);
        await watch.start();
        jobs.onEveryInstance(watch.poll);
        shutdown.during('workers', 'the watch for test clocks', () => watch.close());
        registry.accountOffsetMs = (account) => clocks.offsetMs(account);
        return clocks;
      },
    ),
  ],
  exports: [AccountClocks],
})
export class AccountClocksModule {}
