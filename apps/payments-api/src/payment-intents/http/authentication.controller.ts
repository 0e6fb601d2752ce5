import { Controller, Param, Post } from '@nestjs/common';
import { Params, TraceParent } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { completionParameters, type CompletionParameters } from '../parameters/authentication-parameters.js';
import { AuthenticationCompletion } from '../requests/authentication-completion.js';

/** Plays the customer of a payment that requires 3D Secure, so that a test needs no browser. */
@Controller('v1/test_helpers/payment_intents')
export class AuthenticationController {
  constructor(private readonly completion: AuthenticationCompletion) {}

  @Post(':id/complete_authentication')
  @Idempotent()
  complete(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(completionParameters) parameters: CompletionParameters,
    @TraceParent() traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    return this.completion.complete(claim, id, parameters, traceparent);
  }
}
