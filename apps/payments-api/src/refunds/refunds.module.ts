import { Module } from '@nestjs/common';
import { ChargesModule } from '../charges/charges.module.js';
import { SettlementsModule } from '../charges/settlements.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { RefundChanging } from './refund-changing.js';
import { RefundCreation } from './refund-creation.js';
import { RefundEventsController } from './refund-events.controller.js';
import { RefundReading } from './refund-reading.js';
import { ChargeRefundsController, RefundsController } from './refunds.controller.js';

/** Refunds. What happens to a refund happens to its charge, which it is a part of. */
@Module({
  imports: [ListsModule, SettlementsModule, ChargesModule],
  controllers: [RefundsController, ChargeRefundsController, RefundEventsController],
  providers: [RefundCreation, RefundChanging, RefundReading],
})
export class RefundsModule {}
