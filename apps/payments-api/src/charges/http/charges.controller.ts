import { Controller, Get, Param, Post } from '@nestjs/common';
import { expandParameters, type ExpandParameters } from '../../protocol/expand.js';
import { AccountId, Params, TraceParent } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { captureParameters, type CaptureParameters } from '../parameters/capture-parameters.js';
import { chargeListParameters, type ChargeListParameters } from '../parameters/charge-list-parameters.js';
import { chargeUpdateParameters, type ChargeUpdateParameters } from '../parameters/charge-update-parameters.js';
import { createParameters, type CreateParameters } from '../parameters/create-parameters.js';
import { ChargeCapture } from '../requests/charge-capture.js';
import { ChargeCreation } from '../requests/charge-creation.js';
import { ChargeReading } from '../reading/charge-reading.js';
import { ChargeUpdate } from '../requests/charge-update.js';

@Controller('v1/charges')
export class ChargesController {
  constructor(
    private readonly creation: ChargeCreation,
    private readonly capturing: ChargeCapture,
    private readonly changing: ChargeUpdate,
    private readonly reading: ChargeReading,
  ) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(createParameters) parameters: CreateParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.creation.create(claim, parameters, traceparent);
  }

  @Post(':id/capture')
  @Idempotent()
  capture(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(captureParameters) parameters: CaptureParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.capturing.capture(claim, id, parameters, traceparent);
  }

  @Get()
  list(@AccountId() account: string, @Params(chargeListParameters) parameters: ChargeListParameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters('charge')) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(chargeUpdateParameters) parameters: ChargeUpdateParameters,
  ): Promise<KeyedAnswer> {
    return this.changing.update(claim, id, parameters);
  }
}
