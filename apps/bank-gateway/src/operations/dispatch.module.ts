import { Module } from '@nestjs/common';
import { CLOCK, provide } from '#service';
import { BankClients } from '../banks/banks.js';
import { BanksModule } from '../banks/banks.module.js';
import { BeginOperations } from './begin-operations.js';
import { Dispatch } from './dispatch.js';

/** A module apart from the workers, against an import cycle: steps use the dispatch, and workers use steps' providers. */
@Module({
  imports: [BanksModule],
  providers: [
    Dispatch,
    provide(
      BeginOperations,
      [BankClients, Dispatch, CLOCK],
      (banks, dispatch, clock) => new BeginOperations(banks, dispatch, clock),
    ),
  ],
  exports: [Dispatch, BeginOperations, BanksModule],
})
export class DispatchModule {}
