import { Controller, Get, Param, Post } from '@nestjs/common';
import { expandParameters, type ExpandParameters } from '../../protocol/expand.js';
import { AccountId, Params, TraceParent } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { refundListParameters, type RefundListParameters } from '../parameters/refund-list-parameters.js';
import {
  refundParameters,
  refundUpdateParameters,
  type RefundParameters,
  type RefundUpdateParameters,
} from '../parameters/refund-parameters.js';
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
    @Params(refundParameters) parameters: RefundParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.creation.create(claim, parameters, traceparent);
  }

  @Get()
  list(@AccountId() account: string, @Params(refundListParameters) parameters: RefundListParameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('refund')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(refundUpdateParameters) parameters: RefundUpdateParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.update(claim, id, parameters);
  }

  @Post(':id/cancel')
  @Idempotent()
  cancel(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(expandParameters('refund')) parameters: ExpandParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.cancel(claim, id, parameters);
  }
}

/** The list that the `url` of a charge's embedded refunds names. */
@Controller('v1/charges')
export class ChargeRefundsController {
  constructor(private readonly reading: RefundReading) {}

  @Get(':id/refunds')
  list(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(refundListParameters) parameters: RefundListParameters,
  ): Promise<object> {
    return this.reading.listOfCharge(account, id, parameters);
  }
}
