import { Inject, Module } from '@nestjs/common';
import { AdminServer, keep, StepsModule } from '#service';
import { AccountsModule } from '../accounts/accounts.module.js';
import { HoldRepository } from './hold.repository.js';
import { holds } from './hold.js';
import { onAuthorizationApproved } from './on-authorization-approved.js';
import { onAuthorizationVoided } from './on-authorization-voided.js';
import { onCaptureCompensated } from './on-capture-compensated.js';
import { onCaptureSucceeded } from './on-capture-succeeded.js';
import { StoryRepository } from './story.repository.js';

/** What the ledger reacts to. */
@Module({
  imports: [
    StepsModule.forFeature({
      imports: [AccountsModule],
      aggregates: [keep(holds, HoldRepository)],
      steps: [onAuthorizationApproved, onAuthorizationVoided, onCaptureSucceeded, onCaptureCompensated],
    }),
  ],
  providers: [StoryRepository],
})
export class TransfersModule {
  constructor(@Inject(StoryRepository) stories: StoryRepository, @Inject(AdminServer) admin: AdminServer) {
    admin.get('/charges/:id', ({ params: { id = '' } }) => stories.of(id));
  }
}
