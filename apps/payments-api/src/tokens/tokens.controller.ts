import { Controller, Get, Param, Post } from '@nestjs/common';
import { AccountId, Params } from '../http/request.decorator.js';
import { Idempotent, IdempotencyClaim } from '../idempotency/idempotent.decorator.js';
import type { RequestClaim } from '../idempotency/key.js';
import { expandParameters } from '../protocol/expand.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { newTokenParameters, type NewTokenParameters } from './token-parameters.js';
import { Tokens } from './tokens.js';

@Controller('v1/tokens')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @Idempotent()
  create(
    @IdempotencyClaim() claim: RequestClaim,
    @Params(newTokenParameters) card: NewTokenParameters,
  ): Promise<KeyedAnswer> {
    return this.tokens.create(claim, card);
  }

  @Get(':id')
  retrieve(
    @AccountId() account: string,
    @Param('id') id: string,
    @Params(expandParameters(null)) _none: object,
  ): Promise<object> {
    return this.tokens.retrieve(account, id);
  }
}
