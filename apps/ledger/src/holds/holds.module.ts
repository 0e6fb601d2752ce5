import { Inject, Module } from '@nestjs/common';
import { AdminServer, AggregatesModule, keep } from '#service';
import { LedgerAccountsModule } from '../accounts/accounts.module.js';
import { HoldEventsController } from './hold-events.controller.js';
import { HoldRepository } from './hold.repository.js';
import { holds } from './hold.js';
import { ChargeViewRepository } from './charge-view.repository.js';

/** Holds: their repository and event handlers. */
@Module({
  imports: [
    AggregatesModule.forFeature({ imports: [LedgerAccountsModule], aggregates: [keep(holds, HoldRepository)] }),
  ],
  controllers: [HoldEventsController],
  providers: [ChargeViewRepository],
})
export class HoldsModule {
  constructor(@Inject(ChargeViewRepository) stories: ChargeViewRepository, @Inject(AdminServer) admin: AdminServer) {
    admin.get('/charges/:id', ({ params: { id = '' } }) => stories.of(id));
  }
}
