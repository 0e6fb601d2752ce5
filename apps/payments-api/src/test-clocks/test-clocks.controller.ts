import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params } from '../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../idempotency/key.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import {
  advanceParameters,
  clockListParameters,
  clockParameters,
  newClockParameters,
  type AdvanceParameters,
  type ClockListParameters,
  type NewClockParameters,
} from './test-clock-parameters.js';
import { TestClocks } from './test-clocks.js';

@Controller('v1/test_helpers/test_clocks')
export class TestClocksController {
  constructor(private readonly clocks: TestClocks) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(newClockParameters) parameters: NewClockParameters,
  ): Promise<KeyedAnswer> {
    return this.clocks.create(claim, parameters);
  }

  @Post(':id/advance')
  @Idempotent()
  advance(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(advanceParameters) parameters: AdvanceParameters,
  ): Promise<KeyedAnswer> {
    return this.clocks.advance(claim, id, parameters);
  }

  @Get()
  list(@AccountId() account: string, @Params(clockListParameters) parameters: ClockListParameters): Promise<object> {
    return this.clocks.list(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(clockParameters) _none: object,
  ): Promise<object> {
    return this.clocks.retrieve(account, id);
  }

  @Delete(':id')
  @Idempotent({ by: 'definition' })
  delete(@AccountId() account: string, @Param('id') id: string): Promise<object> {
    return this.clocks.delete(account, id);
  }
}
