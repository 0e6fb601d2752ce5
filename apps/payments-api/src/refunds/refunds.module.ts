import { Module } from '@nestjs/common';
import { Database } from '#postgres';
import { ChargeRepository } from '../charges/charge.repository.js';
import { ChargesModule } from '../charges/charges.module.js';
import { SettlementsModule } from '../charges/settlements.module.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { ListPages } from '../lists/list-pages.js';
import { ListsModule } from '../lists/lists.module.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { RefundChanging } from './refund-changing.js';
import { RefundCreation } from './refund-creation.js';
import { RefundEventsController } from './refund-events.controller.js';
import { RefundReading } from './refund-reading.js';
import { ChargeRefundsController, RefundsController } from './refunds.controller.js';

/** Refunds. What happens to a refund happens to its charge, which it is a part of. */
@Module({
  imports: [ListsModule, SettlementsModule, ChargesModule],
  controllers: [RefundsController, ChargeRefundsController, RefundEventsController],
  providers: [
    RefundCreation,
    {
      provide: RefundChanging,
      inject: [KeyedTransaction, Database, ChargeRepository, AccountClocks],
      useFactory: (keyed: KeyedTransaction, database: Database, charges: ChargeRepository, clocks: AccountClocks) =>
        new RefundChanging(keyed, database, charges, clocks),
    },
    {
      provide: RefundReading,
      inject: [Database, AccountClocks, ListPages],
      useFactory: (database: Database, clocks: AccountClocks, pages: ListPages) =>
        new RefundReading(database, clocks, pages),
    },
  ],
})
export class RefundsModule {}
