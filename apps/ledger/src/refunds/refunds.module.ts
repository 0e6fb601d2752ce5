import { Module } from '@nestjs/common';
import { AggregatesModule, keep } from '#service';
import { LedgerRefundEventsController } from './refund-events.controller.js';
import { RefundRepository } from './refund.repository.js';
import { refunds } from './refund.js';

/** Refunds: their repository and event handlers. */
@Module({
  imports: [AggregatesModule.forFeature({ aggregates: [keep(refunds, RefundRepository)] })],
  controllers: [LedgerRefundEventsController],
})
export class LedgerRefundsModule {}
