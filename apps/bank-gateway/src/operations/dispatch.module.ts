import { Module } from '@nestjs/common';
import { Banks } from '../banks/banks.js';
import { BanksModule } from '../banks/banks.module.js';
import { Dispatch } from './dispatch.js';

/** Apart from the workers, because steps hand operations over to them, and they decide with what steps need. */
@Module({
  imports: [BanksModule],
  providers: [{ provide: Dispatch, inject: [Banks], useFactory: (banks: Banks) => new Dispatch(banks) }],
  exports: [Dispatch, BanksModule],
})
export class DispatchModule {}
