import { Controller, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params, TraceParent } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { expandParameters, type ExpandParameters } from '../../protocol/expand.js';
import { refundListParameters, type RefundListParameters } from '../parameters/refund-list-parameters.js';
import {
  refundOfChargeParameters,
  refundUpdateParameters,
  type RefundOfChargeParameters,
  type RefundUpdateParameters,
} from '../parameters/refund-parameters.js';
import { RefundReading } from '../reading/refund-reading.js';
import { RefundCreation } from '../requests/refund-creation.js';
import { RefundUpdate } from '../requests/refund-update.js';

/** Refunds under their charge, as older versions of the SDKs ask for them, and as the `url` of embedded refunds names them. */
@Controller('v1/charges')
export class ChargeRefundsController {
  constructor(
    private readonly creation: RefundCreation,
    private readonly changing: RefundUpdate,
    private readonly reading: RefundReading,
  ) {}

  @Post(':id/refunds')
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') chargeId: string,
    @Params(refundOfChargeParameters) parameters: RefundOfChargeParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.creation.create(claim, { of: { chargeId }, ...parameters }, traceparent);
  }

  @Get(':id/refunds')
  list(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(refundListParameters) parameters: RefundListParameters,
  ): Promise<object> {
    return this.reading.listOfCharge(account, id, parameters);
  }

  @Get(':id/refunds/:refund')
  retrieve(
    @AccountId() account: string,
    @Param('id') chargeId: string,
    @Param('refund') id: string,
    @Params(expandParameters('refund')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters, chargeId);
  }

  @Post(':id/refunds/:refund')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') chargeId: string,
    @Param('refund') id: string,
    @Params(refundUpdateParameters) parameters: RefundUpdateParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.update(claim, id, parameters, chargeId);
  }
}
