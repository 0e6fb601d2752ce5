import { Controller, Get, Param } from '@nestjs/common';
import type { Parameters } from '../../protocol/parameters.js';
import { AccountId, Params } from '../../http/request.decorator.js';
import { BalanceReading } from './balance-reading.js';

/** `/v1/balance` and `/v1/balance_transactions`. */
@Controller('v1')
export class BalanceController {
  constructor(private readonly reading: BalanceReading) {}

  @Get('balance')
  balance(@AccountId() account: string, @Params() parameters: Parameters): Promise<object> {
    return this.reading.balance(account, parameters);
  }

  @Get('balance_transactions')
  list(@AccountId() account: string, @Params() parameters: Parameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get('balance_transactions/:id')
  retrieve(@AccountId() account: string, @Param('id') id: string, @Params() parameters: Parameters): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }
}
