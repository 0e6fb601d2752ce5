import { Controller, Param, Post } from '@nestjs/common';
import { Params } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { EventResend, resendParameters, type ResendParameters } from '../event-resend.js';

@Controller('v1/events')
export class EventResendController {
  constructor(private readonly resending: EventResend) {}

  @Post(':id/retry')
  @Idempotent()
  resend(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(resendParameters) parameters: ResendParameters,
  ): Promise<KeyedAnswer> {
    return this.resending.resend(claim, id, parameters);
  }
}
