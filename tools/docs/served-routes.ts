import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { PaymentsApiModule } from '../../apps/payments-api/src/payments-api.module.js';
import { moduleTree } from '../../libs/service/src/testing/module-tree.js';

/** A handler of the public API. */
export interface ServedRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/v1/charges/:id` */
  readonly path: string;
  readonly controller: Type;
  /** Its name in the controller. */
  readonly handler: string;
}

/** Every route below `/v1`, from Nest's metadata, by path and method. */
export async function servedRoutes(): Promise<ServedRoute[]> {
  const controllers = (await moduleTree(PaymentsApiModule)).flatMap((module) => module.controllers);
  const routes = controllers.flatMap(routesOf).filter(({ path }) => path.startsWith('/v1/'));
  return routes.toSorted((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1));
}

function routesOf(controller: Type): ServedRoute[] {
  const prefix = Reflect.getMetadata('path', controller) as string;
  return Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(([handler, { value }]) => {
    const method = Reflect.getMetadata('method', value as object) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = `/${prefix}/${Reflect.getMetadata('path', value as object) as string}`;
    return [
      {
        method: RequestMethod[method] as ServedRoute['method'],
        path: path.replaceAll(/\/+/g, '/').replace(/\/$/, ''),
        controller,
        handler,
      },
    ];
  });
}
