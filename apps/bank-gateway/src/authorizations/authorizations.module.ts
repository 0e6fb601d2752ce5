import { Module } from '@nestjs/common';
import { afterCommit, AggregatesModule, keep } from '#service';
import { BeginOperations } from '../operations/begin-operations.js';
import { DispatchModule } from '../operations/dispatch.module.js';
import { authorizations } from './authorization/authorization.js';
import { AuthorizationEventsController } from './events/authorization-events.controller.js';
import { AuthorizationRepository } from './store/authorization.repository.js';
import { BankRefundEventsController } from './events/refund-events.controller.js';
import { BankStrayEventsController } from './events/stray-events.controller.js';

const aggregates = AggregatesModule.forFeature({
  imports: [DispatchModule],
  aggregates: [keep(authorizations, AuthorizationRepository, BeginOperations)],
  effects: [afterCommit('begin_operation', BeginOperations)],
});

/** Authorizations: their repository and event handlers. */
@Module({
  imports: [aggregates],
  controllers: [AuthorizationEventsController, BankRefundEventsController, BankStrayEventsController],
})
export class AuthorizationsModule {}
