import { Module } from '@nestjs/common';
import { ChargesModule } from './charges.module.js';
import { SettlementsModule } from './settlements.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { RefundUpdate } from './requests/refund-update.js';
import { RefundCreation } from './requests/refund-creation.js';
import { RefundEventsController } from './events/refund-events.controller.js';
import { RefundReading } from './reading/refund-reading.js';
import { ChargeRefundsController } from './http/charge-refunds.controller.js';
import { RefundsController } from './http/refunds.controller.js';

/** Routes and events of refunds. A refund is a part of its charge's aggregate. */
@Module({
  imports: [ListsModule, SettlementsModule, ChargesModule],
  controllers: [RefundsController, ChargeRefundsController, RefundEventsController],
  providers: [RefundCreation, RefundUpdate, RefundReading],
})
export class RefundsModule {}
