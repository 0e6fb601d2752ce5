import { Module } from '@nestjs/common';
import { keep, StepsModule } from '#service';
import { DispatchModule } from '../operations/dispatch.module.js';
import { authorizations } from './authorization.js';
import { AuthorizationRepository } from './authorization.repository.js';
import { onCancellationRequested } from './on-cancellation-requested.js';
import { onCaptureRequested } from './on-capture-requested.js';
import { onCaptureSuspended } from './on-capture-suspended.js';
import { onChargeRequested } from './on-charge-requested.js';
import { onDifferenceFound } from './on-difference-found.js';
import { onHoldPlaced } from './on-hold-placed.js';
import { onHoldRefused } from './on-hold-refused.js';
import { onRefundReserved } from './on-refund-reserved.js';

/** What the gateway reacts to. What banks answer comes in by the workers, in `operations/performer.ts`. */
@Module({
  imports: [
    StepsModule.forFeature({
      imports: [DispatchModule],
      aggregates: [keep(authorizations, AuthorizationRepository)],
      steps: [
        onChargeRequested,
        onHoldPlaced,
        onCaptureRequested,
        onHoldRefused,
        onCancellationRequested,
        onRefundReserved,
        onCaptureSuspended,
        onDifferenceFound,
      ],
    }),
  ],
})
export class AuthorizationsModule {}
