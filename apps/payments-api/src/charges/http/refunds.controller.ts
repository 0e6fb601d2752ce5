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

@Controller('v1')
export class RefundsController {
  constructor(
    private readonly creation: RefundCreation,
    private readonly changing: RefundUpdate,
    private readonly reading: RefundReading,
  ) {}

  @Post('refunds')
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(refundParameters) parameters: RefundParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.creation.create(claim, parameters, traceparent);
  }

  @Get('refunds')
  list(@AccountId() account: string, @Params(refundListParameters) parameters: RefundListParameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get('refunds/:id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('refund')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Post('refunds/:id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(refundUpdateParameters) parameters: RefundUpdateParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.update(claim, id, parameters);
  }

  @Post('refunds/:id/cancel')
  @Idempotent()
  cancel(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(expandParameters('refund')) parameters: ExpandParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.end('cancel', claim, id, parameters);
  }

  @Post('test_helpers/refunds/:id/expire')
  @Idempotent()
  expire(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(expandParameters('refund')) parameters: ExpandParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.end('expire', claim, id, parameters);
  }
}
