import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';

/** A route, as its controller declares it. */
export interface SimulatedRoute {
  readonly method: string;
  readonly segments: readonly string[];
  readonly controller: Type;
  readonly handler: string;
}

type Handler = (...args: unknown[]) => unknown;

const methodsOf = (controller: Type): [string, Handler][] =>
  Object.getOwnPropertyNames(controller.prototype)
    .filter((name) => name !== 'constructor')
    .map((name) => [name, Object.getOwnPropertyDescriptor(controller.prototype, name)?.value as Handler]);

export function routesOf(controllers: readonly Type[]): SimulatedRoute[] {
  return controllers.flatMap((controller) => {
    const prefix = (Reflect.getMetadata('path', controller) as string | undefined) ?? '';
    return methodsOf(controller).flatMap(([handler, method]) => {
      const path = Reflect.getMetadata('path', method) as string | undefined;
      if (path === undefined) return [];
      const verb =
        RequestMethod[(Reflect.getMetadata('method', method) as RequestMethod | undefined) ?? RequestMethod.GET];
      const segments = `${prefix}/${path}`.split('/').filter((segment) => segment !== '');
      return [{ method: verb, segments, controller, handler }];
    });
  });
}

/** The route of a path. Static segments take precedence over parameters. */
export function routeFor(
  routes: readonly SimulatedRoute[],
  method: string,
  path: string,
): { route: SimulatedRoute; params: Record<string, string> } | undefined {
  const wanted = path.split('/').filter((segment) => segment !== '');
  const fits = routes.filter(
    (route) =>
      route.method === method &&
      route.segments.length === wanted.length &&
      route.segments.every((segment, place) => segment.startsWith(':') || segment === wanted[place]),
  );
  const named = (route: SimulatedRoute): number => route.segments.filter((segment) => !segment.startsWith(':')).length;
  const [route] = fits.sort((a, b) => named(b) - named(a));
  if (!route) return undefined;
  const params: Record<string, string> = {};
  route.segments.forEach((segment, place) => {
    if (segment.startsWith(':')) params[segment.slice(1)] = wanted[place]!;
  });
  return { route, params };
}
