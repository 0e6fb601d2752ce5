import { Inject, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminServer, AggregatesModule, keep } from '#service';
import { LedgerAccountsModule } from '../accounts/accounts.module.js';
import { HoldEventsController } from './hold-events.controller.js';
import { HoldRepository } from './hold.repository.js';
import { holds } from './hold.js';
import { TransferEntity } from '../transfers/transfer.entity.js';
import { LedgerRefundEntity } from '../refunds/refund.entity.js';
import { HoldEntity } from './hold.entity.js';
import { HoldViewRepository } from './hold-view.repository.js';

/** Holds: their repository and event handlers. */
@Module({
  imports: [
    TypeOrmModule.forFeature([HoldEntity, TransferEntity, LedgerRefundEntity]),
    AggregatesModule.forFeature({ imports: [LedgerAccountsModule], aggregates: [keep(holds, HoldRepository)] }),
  ],
  controllers: [HoldEventsController],
  providers: [HoldViewRepository],
})
export class HoldsModule {
  constructor(@Inject(HoldViewRepository) views: HoldViewRepository, @Inject(AdminServer) admin: AdminServer) {
    admin.get('/charges/:id', ({ params: { id = '' } }) => views.find(id));
  }
}
