import { Controller, Get, Param } from '@nestjs/common';
import { expandParameters, type ExpandParameters } from '../../protocol/expand.js';
import { AccountId, Params } from '../../http/request.decorator.js';
import { transactionListParameters, type TransactionListParameters } from '../transaction-list-parameters.js';
import { BalanceReading } from './balance-reading.js';

/** `/v1/balance` and `/v1/balance_transactions`. */
@Controller('v1')
export class BalanceController {
  constructor(private readonly reading: BalanceReading) {}

  @Get('balance')
  balance(@AccountId() account: string, @Params(expandParameters(null)) _none: ExpandParameters): Promise<object> {
    return this.reading.balance(account);
  }

  @Get('balance_transactions')
  list(
    @AccountId() account: string,
    @Params(transactionListParameters) parameters: TransactionListParameters,
  ): Promise<object> {
    return this.reading.list(account, parameters, '/v1/balance_transactions');
  }

  /** The older name of balance transactions. */
  @Get('balance/history')
  history(
    @AccountId() account: string,
    @Params(transactionListParameters) parameters: TransactionListParameters,
  ): Promise<object> {
    return this.reading.list(account, parameters, '/v1/balance/history');
  }

  @Get('balance_transactions/:id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('balance_transaction')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Get('balance/history/:id')
  retrieveFromHistory(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('balance_transaction')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }
}
