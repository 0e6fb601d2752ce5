import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CLAIM_PARTS, claimOfRequest, type ClaimParts } from './claim-of-request.http.js';
import type { RequestClaim } from './key.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Present on `@Idempotent()` routes. */
    claim?: RequestClaim;
  }
}

/**
 * Lets in requests with a valid idempotency key, or without one, and prepares the claim on the key. The handler makes
 * the claim, in the transaction of its effect.
 */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  constructor(@Inject(CLAIM_PARTS) private readonly parts: ClaimParts) {}

  /** @throws StripeError 400 for an invalid key */
  canActivate(context: ExecutionContext): true {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.claim = claimOfRequest(request, this.parts);
    return true;
  }
}
