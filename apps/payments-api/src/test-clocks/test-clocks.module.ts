import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { Database } from '#postgres';
import { CLOCK, IDS, Jobs } from '#service';
import type { Ids } from '#snowflake';
import { ChargesModule } from '../charges/charges.module.js';
import { ExpiryJob } from '../charges/expiry-job.js';
import { SettlementsModule } from '../charges/settlements.module.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { AccountClocks } from './account-clocks.js';
import { TestClocks } from './test-clocks.js';
import { TestClocksController } from './test-clocks.controller.js';
import { retireClocks } from './test-clock.repository.js';

const RETIRE_EVERY_MS = 60_000;

/** Time as a test wants it. */
@Module({
  imports: [SettlementsModule, ChargesModule],
  controllers: [TestClocksController],
  providers: [
    {
      provide: TestClocks,
      inject: [KeyedTransaction, Database, AccountClocks, IDS, CLOCK, ExpiryJob],
      useFactory: (
        keyed: KeyedTransaction,
        database: Database,
        clocks: AccountClocks,
        ids: Ids,
        clock: Clock,
        expiry: ExpiryJob,
      ) => new TestClocks(keyed, database, clocks, ids, clock, (account) => expiry.runFor(account)),
    },
    {
      provide: Symbol('retirement'),
      inject: [Database, Jobs],
      useFactory: (database: Database, jobs: Jobs) => {
        const run = (): Promise<void> => retireClocks(database);
        jobs.onOneInstance({ name: 'test-clock-retirement', everyMs: RETIRE_EVERY_MS, run });
        return undefined;
      },
    },
  ],
})
export class TestClocksModule {}
