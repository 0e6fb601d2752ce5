import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params } from '../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../idempotency/key.js';
import { expandParameters, type ExpandParameters } from '../protocol/expand.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import type { SearchParameters } from '../search/search-parameters.js';
import { CustomerChanges } from './customer-changes.js';
import {
  customerChangeParameters,
  customerListParameters,
  customerSearchParameters,
  newCustomerParameters,
  type CustomerChangeParameters,
  type CustomerListParameters,
  type NewCustomerParameters,
} from './customer-parameters.js';
import { CustomerReading } from './customer-reading.js';

@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly changes: CustomerChanges,
    private readonly reading: CustomerReading,
  ) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(newCustomerParameters) parameters: NewCustomerParameters,
  ): Promise<KeyedAnswer> {
    return this.changes.create(claim, parameters);
  }

  @Get()
  list(
    @AccountId() account: string,
    @Params(customerListParameters) parameters: CustomerListParameters,
  ): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get('search')
  search(
    @AccountId() account: string,
    @Params(customerSearchParameters) parameters: SearchParameters,
  ): Promise<object> {
    return this.reading.search(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('customer')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(customerChangeParameters) parameters: CustomerChangeParameters,
  ): Promise<KeyedAnswer> {
    return this.changes.update(claim, id, parameters);
  }

  @Delete(':id')
  @Idempotent({ by: 'definition' })
  delete(@AccountId() account: string, @Param('id') id: string): Promise<object> {
    return this.changes.delete(account, id);
  }
}
