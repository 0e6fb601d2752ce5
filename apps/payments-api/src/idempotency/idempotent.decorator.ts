import { applyDecorators, createParamDecorator, SetMetadata, UseGuards, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IdempotencyKeyGuard } from './idempotency-key.guard.js';

/** Metadata key: every POST and DELETE below `/v1` declares why it is safe to retry. */
export const IDEMPOTENT = 'idempotent';

/**
 * `key`: the answer is stored under the request's `Idempotency-Key` and replayed. `definition`: the method itself
 * is idempotent and ignores the key, as every DELETE at Stripe.
 */
export type IdempotentBy = 'key' | 'definition';

/** Declares why a changing route is safe to retry. With `key` its handler returns a `KeyedAnswer`. */
export function Idempotent({ by = 'key' }: { readonly by?: IdempotentBy } = {}): MethodDecorator {
  const declared = SetMetadata(IDEMPOTENT, by);
  return by === 'key' ? applyDecorators(declared, UseGuards(IdempotencyKeyGuard)) : declared;
}

/** The prepared `RequestClaim` of a route that is `@Idempotent()`. */
export const IdempotencyClaim = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().claim,
);
