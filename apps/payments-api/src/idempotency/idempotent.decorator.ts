import {
  applyDecorators,
  createParamDecorator,
  SetMetadata,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/** Under this name every POST and DELETE below `/v1` says what makes it safe to send again. */
export const IDEMPOTENT = 'idempotent';

/**
 * `key`: the answer is stored under the request's `Idempotency-Key`, and sent again. `definition`: the method itself
 * is idempotent, and a key has no effect on it; at Stripe that is every DELETE.
 */
export type IdempotentBy = 'key' | 'definition';

/** How a route that changes something can be sent again. Its handler returns a `KeyedAnswer` when it goes by the key. */
export function Idempotent({ by = 'key' }: { readonly by?: IdempotentBy } = {}): MethodDecorator {
  const declared = SetMetadata(IDEMPOTENT, by);
  return by === 'key' ? applyDecorators(declared, UseInterceptors(IdempotencyInterceptor)) : declared;
}

/** The prepared `RequestClaim` of a route that is `@Idempotent()`. */
export const IdempotencyClaim = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().claim,
);
