import { Controller, Get, Param, Post } from '@nestjs/common';
import { AccountId, BaseUrl, Params, TraceParent } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { ExpandParameters } from '../../protocol/expand.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import {
  confirmParameters,
  intentCancelParameters,
  intentCaptureParameters,
  intentListParameters,
  intentRetrieveParameters,
  intentUpdateParameters,
  newIntentParameters,
  type ConfirmParameters,
  type IntentCancelParameters,
  type IntentCaptureParameters,
  type IntentListParameters,
  type IntentUpdateParameters,
  type NewIntentParameters,
} from '../parameters/intent-parameters.js';
import { IntentReading } from '../reading/intent-reading.js';
import { IntentCreation } from '../requests/intent-creation.js';
import { IntentRequests } from '../requests/intent-requests.js';

@Controller('v1/payment_intents')
export class PaymentIntentsController {
  constructor(
    private readonly creation: IntentCreation,
    private readonly requests: IntentRequests,
    private readonly reading: IntentReading,
  ) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(newIntentParameters) parameters: NewIntentParameters,
    @TraceParent() traceparent: string | undefined,
    @BaseUrl() baseUrl: string,
  ): Promise<KeyedAnswer> {
    return this.creation.create(claim, parameters, { traceparent, baseUrl });
  }

  @Get()
  list(@AccountId() account: string, @Params(intentListParameters) parameters: IntentListParameters): Promise<object> {
    return this.reading.list(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(intentRetrieveParameters) parameters: ExpandParameters,
  ): Promise<object> {
    return this.reading.retrieve(account, id, parameters);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(intentUpdateParameters) parameters: IntentUpdateParameters,
  ): Promise<KeyedAnswer> {
    return this.requests.update(claim, id, parameters);
  }

  @Post(':id/confirm')
  @Idempotent()
  confirm(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(confirmParameters) parameters: ConfirmParameters,
    @TraceParent() traceparent: string | undefined,
    @BaseUrl() baseUrl: string,
  ): Promise<KeyedAnswer> {
    return this.requests.confirm(claim, id, parameters, { traceparent, baseUrl });
  }

  @Post(':id/capture')
  @Idempotent()
  capture(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(intentCaptureParameters) parameters: IntentCaptureParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.requests.capture(claim, id, parameters, traceparent);
  }

  @Post(':id/cancel')
  @Idempotent()
  cancel(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(intentCancelParameters) parameters: IntentCancelParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.requests.cancel(claim, id, parameters, traceparent);
  }
}
