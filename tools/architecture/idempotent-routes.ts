import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { IdempotencyKeyGuard } from '../../apps/payments-api/src/idempotency/idempotency-key.guard.js';
import { IDEMPOTENT, type IdempotentBy } from '../../apps/payments-api/src/idempotency/idempotent.decorator.js';

/** Each POST and DELETE below `/v1`, such as `POST v1/charges/:id`, and whether it declares its idempotency. */
export function changingRoutesOf(controllers: readonly Type[]): { route: string; declared: boolean }[] {
  return controllers.flatMap((controller) => {
    const prefix = Reflect.getMetadata('path', controller) as string;
    if (!/^\/?v1(\/|$)/.test(prefix)) return [];
    return Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(({ value: handler }) => {
      const method = Reflect.getMetadata('method', handler as object) as RequestMethod | undefined;
      if (method !== RequestMethod.POST && method !== RequestMethod.DELETE) return [];
      const path = Reflect.getMetadata('path', handler as object) as string;
      const route = `${RequestMethod[method]} ${`${prefix}/${path}`.replace(/\/+$/, '')}`;
      return [{ route, declared: isDeclared(method, handler as object) }];
    });
  });
}

/** A POST needs an idempotency key and its guard. A DELETE is idempotent by definition. */
function isDeclared(method: RequestMethod, handler: object): boolean {
  const by = Reflect.getMetadata(IDEMPOTENT, handler) as IdempotentBy | undefined;
  const guards = listOf<unknown>('__guards__', handler);
  if (by === 'definition') return method === RequestMethod.DELETE;
  return by === 'key' && guards.includes(IdempotencyKeyGuard);
}

const listOf = <T>(key: string, of: object): T[] => (Reflect.getMetadata(key, of) as T[] | undefined) ?? [];
