import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params } from '../../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../../idempotency/key.js';
import { expandParameters } from '../../protocol/expand.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import {
  endpointListParameters,
  endpointUpdateParameters,
  newEndpointParameters,
  secretRollParameters,
  type EndpointListParameters,
  type EndpointUpdateParameters,
  type NewEndpointParameters,
  type SecretRollParameters,
} from '../endpoint-parameters.js';
import { WebhookEndpoints } from '../webhook-endpoints.js';

@Controller('v1/webhook_endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(newEndpointParameters) parameters: NewEndpointParameters,
  ): Promise<KeyedAnswer> {
    return this.endpoints.create(claim, parameters);
  }

  @Get()
  list(
    @AccountId() account: string,
    @Params(endpointListParameters) parameters: EndpointListParameters,
  ): Promise<object> {
    return this.endpoints.list(account, parameters);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters(null)) _none: object,
  ): Promise<object> {
    return this.endpoints.retrieve(account, id);
  }

  @Post(':id')
  @Idempotent()
  update(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(endpointUpdateParameters) parameters: EndpointUpdateParameters,
  ): Promise<KeyedAnswer> {
    return this.endpoints.update(claim, id, parameters);
  }

  /** Stripe rolls secrets in its Dashboard only. */
  @Post(':id/roll_secret')
  @Idempotent()
  rollSecret(
    @IdempotencyClaim() claim: RequestClaim,
    @Param('id') id: string,
    @Params(secretRollParameters) parameters: SecretRollParameters,
  ): Promise<KeyedAnswer> {
    return this.endpoints.rollSecret(claim, id, parameters);
  }

  @Delete(':id')
  @Idempotent({ by: 'definition' })
  delete(@AccountId() account: string, @Param('id') id: string): Promise<object> {
    return this.endpoints.delete(account, id);
  }
}
