import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { headerOf } from '../http/api-request.http.js';
import { CLAIM_PARTS, claimOfRequest, type ClaimParts } from './claim-of-request.http.js';
import type { KeyedAnswer, RequestClaim } from './key.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Present on `@Idempotent()` routes. */
    claim?: RequestClaim;
  }
}

/**
 * Prepares the claim on the idempotency key of a request, and sends the answer that is stored under it. The claim
 * itself is made by the handler, in the transaction of its effect.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor<KeyedAnswer, Buffer> {
  constructor(@Inject(CLAIM_PARTS) private readonly parts: ClaimParts) {}

  intercept(context: ExecutionContext, next: CallHandler<KeyedAnswer>): Observable<Buffer> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    request.claim = claimOfRequest(request, this.parts);
    return next.handle().pipe(map((answer) => bodyOf(answer, request, reply)));
  }
}

/** The stored JSON to the byte, with Stripe's headers `Original-Request` and `Idempotent-Replayed`. */
function bodyOf({ answer, originalRequestId }: KeyedAnswer, request: FastifyRequest, reply: FastifyReply): Buffer {
  void reply.code(answer.status).header('content-type', 'application/json');
  const key = headerOf(request, 'idempotency-key');
  if (key !== undefined) {
    void reply.headers({
      'idempotency-key': key,
      'original-request': originalRequestId,
      ...(originalRequestId !== request.api.requestId && { 'idempotent-replayed': 'true' }),
    });
  }
  // A buffer: with a string body Node writes the headers in UTF-8 too, and an echoed non-ASCII key would change.
  return Buffer.from(answer.body);
}
