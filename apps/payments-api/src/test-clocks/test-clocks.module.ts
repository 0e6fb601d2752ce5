import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#postgres';
import { CLOCK, IDS, Jobs, provide } from '#service';
import { ChargesModule } from '../charges/charges.module.js';
import { ExpiryJob } from '../charges/jobs/expiry-job.js';
import { SettlementsModule } from '../charges/settlements.module.js';
import { WebhookDeliveryRepository } from '../webhooks/delivery/webhook-delivery.repository.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { AccountClocks } from './account-clocks.js';
import { TestClocks } from './test-clocks.js';
import { TestClocksController } from './test-clocks.controller.js';
import { TestClockRepository } from './test-clock.repository.js';

const RETIRE_EVERY_MS = 60_000;

/** Stripe's test clocks: an account's own time. */
@Module({
  imports: [SettlementsModule, ChargesModule, WebhooksModule],
  controllers: [TestClocksController],
  providers: [
    provide(
      TestClocks,
      [
        KeyedTransaction,
        Database,
        TestClockRepository,
        AccountClocks,
        IDS,
        CLOCK,
        ExpiryJob,
        WebhookDeliveryRepository,
      ],
      (keyed, database, stored, clocks, ids, clock, expiry, deliveries) =>
        new TestClocks(keyed, database, stored, clocks, ids, clock, {
          moving: (tx, account, aheadMs) => deliveries.hasten(tx, account, aheadMs),
          moved: (account) => expiry.runFor(account),
        }),
    ),
  ],
})
export class TestClocksModule implements OnApplicationBootstrap {
  constructor(
    private readonly stored: TestClockRepository,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    const run = (): Promise<void> => this.stored.retire();
    this.jobs.onOneInstance({ name: 'test-clock-retirement', everyMs: RETIRE_EVERY_MS, run });
  }
}
