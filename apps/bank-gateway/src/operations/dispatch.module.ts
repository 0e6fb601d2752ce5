import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { CLOCK } from '#service';
import { Banks } from '../banks/banks.js';
import { BanksModule } from '../banks/banks.module.js';
import { BeginOperations } from './begin-operations.js';
import { Dispatch } from './dispatch.js';

/** Apart from the workers, because steps hand operations over to them, and they decide with what steps need. */
@Module({
  imports: [BanksModule],
  providers: [
    { provide: Dispatch, inject: [Banks], useFactory: (banks: Banks) => new Dispatch(banks) },
    {
      provide: BeginOperations,
      inject: [Banks, Dispatch, CLOCK],
      useFactory: (banks: Banks, dispatch: Dispatch, clock: Clock) => new BeginOperations(banks, dispatch, clock),
    },
  ],
  exports: [Dispatch, BeginOperations, BanksModule],
})
export class DispatchModule {}
