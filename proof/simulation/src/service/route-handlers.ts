import { RequestMethod, type Type } from '@nestjs/common';
import { ApplicationConfig, APP_FILTER, APP_GUARD, type AbstractHttpAdapter, type NestContainer } from '@nestjs/core';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { InterceptorsContextCreator } from '@nestjs/core/interceptors/interceptors-context-creator.js';
import { PipesConsumer } from '@nestjs/core/pipes/pipes-consumer.js';
import { PipesContextCreator } from '@nestjs/core/pipes/pipes-context-creator.js';
import { RouteParamsFactory } from '@nestjs/core/router/route-params-factory.js';
import { RouterExceptionFilters } from '@nestjs/core/router/router-exception-filters.js';
import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import { RouterProxy } from '@nestjs/core/router/router-proxy.js';
import { sendResult } from '../../../../apps/payments-api/src/http/result-reply.http.js';
import type { AssembledService } from './assembled.js';
import type { SimulatedRoute } from './routes.js';

export type RouteHandler = (request: unknown, reply: SimulatedReply, next: () => void) => Promise<unknown>;

/** The part of a reply that Nest uses itself. */
export interface SimulatedReply {
  code(status: number): unknown;
}

/** One module id for all providers of a service. */
const MODULE = 'service';

/**
 * Handlers of a service's routes, composed by Nest itself from the controllers' metadata: guards, pipes, handler,
 * filter. Only the HTTP server is replaced.
 */
export class RouteHandlers {
  readonly #handlers = new Map<SimulatedRoute, RouteHandler>();
  readonly #context: RouterExecutionContext;
  readonly #filters: RouterExceptionFilters;
  readonly #proxy = new RouterProxy();

  constructor(private readonly assembled: AssembledService) {
    const config = new ApplicationConfig();
    if (assembled.has(APP_GUARD)) config.addGlobalGuard(assembled.get(APP_GUARD));
    if (assembled.has(APP_FILTER)) config.addGlobalFilter(assembled.get(APP_FILTER));
    const container = containerOf(assembled);
    this.#filters = new RouterExceptionFilters(container, config, adapter);
    this.#context = new RouterExecutionContext(
      new RouteParamsFactory(),
      new PipesContextCreator(container, config),
      new PipesConsumer(),
      new GuardsContextCreator(container, config),
      new GuardsConsumer(),
      new InterceptorsContextCreator(container, config),
      new InterceptorsConsumer(),
      adapter,
    );
  }

  /** The handler of a route. Its filter answers every error. */
  of(route: SimulatedRoute): RouteHandler {
    let handler = this.#handlers.get(route);
    if (!handler) this.#handlers.set(route, (handler = this.#make(route)));
    return handler;
  }

  #make({ controller, handler, method }: SimulatedRoute): RouteHandler {
    const instance = this.assembled.instance(controller) as Record<string, (...args: unknown[]) => Promise<void>>;
    const callback = instance[handler]!;
    const verb = RequestMethod[method as keyof typeof RequestMethod];
    const target = this.#context.create(instance, callback, handler, MODULE, verb);
    return this.#proxy.createProxy(target, this.#filters.create(instance, callback, MODULE));
  }
}

/** The part of Nest's container that its context creators use: the instance of a class. */
function containerOf(assembled: AssembledService): NestContainer {
  const host = (type: Type) => ({ instance: assembled.instance(type), isConstructorCalled: true });
  const injectables = { get: (type: Type) => ({ getInstanceByContextId: () => host(type) }) };
  return { getModules: () => new Map([[MODULE, { injectables }]]) } as unknown as NestContainer;
}

const adapter = {
  status: (reply: SimulatedReply, status: number) => reply.code(status),
  reply: sendResult,
} as unknown as AbstractHttpAdapter;
