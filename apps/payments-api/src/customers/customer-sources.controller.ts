import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params } from '../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../idempotency/key.js';
import { expandParameters, type ExpandParameters } from '../protocol/expand.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { CustomerSources } from './customer-sources.js';
import {
  newSourceParameters,
  sourceChangeParameters,
  sourceListParameters,
  type NewSourceParameters,
  type SourceChangeParameters,
  type SourceListParameters,
} from './source-parameters.js';

@Controller('v1/customers/:customer/sources')
export class CustomerSourcesController {
  constructor(private readonly sources: CustomerSources) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('customer') customer: string,
    @Params(newSourceParameters) parameters: NewSourceParameters,
  ): Promise<KeyedAnswer> {
    return this.sources.create(claim, customer, parameters);
  }

  @Get()
  list(
    @AccountId() account: string,
    @Param('customer') customer: string,
    @Params(sourceListParameters) parameters: SourceListParameters,
  ): Promise<object> {
    return this.sources.list(account, customer, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('customer') customer: string,
    @Param('id') id: string,
    @Params(expandParameters('source')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.sources.retrieve(account, customer, id, parameters);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('customer') customer: string,
    @Param('id') id: string,
    @Params(sourceChangeParameters) parameters: SourceChangeParameters,
  ): Promise<KeyedAnswer> {
    return this.sources.update(claim, customer, id, parameters);
  }

  @Delete(':id')
  @Idempotent({ by: 'definition' })
  delete(@AccountId() account: string, @Param('customer') customer: string, @Param('id') id: string): Promise<object> {
    return this.sources.delete(account, customer, id);
  }
}
