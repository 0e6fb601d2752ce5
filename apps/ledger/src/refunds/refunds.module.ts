import { Module } from '@nestjs/common';
import { keep, StepsModule } from '#service';
import { onRefundFailed } from './on-refund-failed.js';
import { onRefundRequested } from './on-refund-requested.js';
import { onRefundSucceeded } from './on-refund-succeeded.js';
import { RefundRepository } from './refund.repository.js';
import { refunds } from './refund.js';

/** Money on its way back to cardholders. */
@Module({
  imports: [
    StepsModule.forFeature({
      aggregates: [keep(refunds, RefundRepository)],
      steps: [onRefundRequested, onRefundSucceeded, onRefundFailed],
    }),
  ],
})
export class RefundsModule {}
