import { Controller, Get, Param, Post } from '@nestjs/common';
import type { Parameters } from '../../protocol/parameters.js';
import { AccountId, Params, TraceParent } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { KeyedAnswer, RequestClaim } from '../../idempotency/key.js';
import { RefundUpdate } from '../requests/refund-update.js';
import { RefundCreation } from '../requests/refund-creation.js';
import { RefundReading } from '../reading/refund-reading.js';

@Controller('v1/refunds')
export class RefundsController {
  constructor(
    private readonly creation: RefundCreation,
    private readonly changing: RefundUpdate,
    private readonly reading: RefundReading,
  ) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params() parameters: Parameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.creation.create(claim, parameters, traceparent);
  }

  @Get()
  list(@AccountId() account: string, @Params() parameters: Parameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get(':id')
  retrieve(@AccountId() account: string, @Param('id') id: string, @Params() parameters: Parameters): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params() parameters: Parameters,
  ): Promise<KeyedAnswer> {
    return this.changing.update(claim, id, parameters);
  }

  @Post(':id/cancel')
  @Idempotent()
  cancel(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params() parameters: Parameters,
  ): Promise<KeyedAnswer> {
    return this.changing.cancel(claim, id, parameters);
  }
}

/** The list that the `url` of a charge's embedded refunds names. */
@Controller('v1/charges')
export class ChargeRefundsController {
  constructor(private readonly reading: RefundReading) {}

  @Get(':id/refunds')
  list(@AccountId() account: string, @Param('id') id: string, @Params() parameters: Parameters): Promise<object> {
    return this.reading.listOfCharge(account, id, parameters);
  }
}
