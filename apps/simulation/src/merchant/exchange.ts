import type { ArgumentsHost } from '@nestjs/common';
import type { ApiAnswer, ApiExchange } from '#checker';
import { CLOCK, LOG } from '#service';
import type { SimulatedProcess } from '#simulation';
import { doorError } from '../../../payments-api/src/http/door-errors.js';
import { parseForm } from '../../../payments-api/src/http/parameters.js';
import { StripeErrorFilter } from '../../../payments-api/src/http/stripe-error.filter.js';
import { routeFor } from '../service/routes.js';
import type { RunningService } from '../service/running-service.js';

export interface Request extends Pick<ApiExchange, 'method' | 'path' | 'account' | 'key' | 'parameters'> {
  readonly id: string;
}

/** Hands a request to the handler that production has for it, beneath the HTTP server. Runs inside the service's process. */
export async function serve(service: RunningService, request: Request): Promise<ApiAnswer> {
  const found = routeFor(service.routes, request.method, request.path);
  if (!found || !service.assembled) return { status: 404, body: '', replayed: false };
  const { route, params } = found;
  const { assembled } = service;
  const controller = assembled.controller(route.controller, route.needs) as Record<
    string,
    (...args: unknown[]) => Promise<void>
  >;
  const parameters = parseForm(new URLSearchParams(request.parameters).toString());
  const incoming = {
    method: request.method,
    url: request.path,
    headers: request.key === undefined ? {} : { 'idempotency-key': request.key },
    body: request.method === 'GET' ? undefined : parameters,
    params,
    api: {
      requestId: request.id,
      apiVersion: '',
      startedMs: assembled.get<{ monotonicMs(): number }>(CLOCK).monotonicMs(),
      account: request.account,
      query: request.method === 'GET' ? parameters : new Map(),
    },
  };
  const reply = new Reply();
  try {
    if (service.door?.refuses) throw doorError(503);
    await controller[route.handler]!(incoming, reply);
  } catch (error) {
    const host = { switchToHttp: () => ({ getRequest: () => incoming, getResponse: () => reply }) };
    new StripeErrorFilter(assembled.get(LOG)).catch(error, host as unknown as ArgumentsHost);
  }
  return reply.response();
}

class Reply {
  sent = false;
  #status = 200;
  #body = '';
  #replayed = false;

  code(status: number): this {
    this.#status = status;
    return this;
  }
  headers(headers: Readonly<Record<string, string>>): this {
    this.#replayed = headers['idempotent-replayed'] === 'true';
    return this;
  }
  header(): this {
    return this;
  }
  send(body: Buffer): this {
    this.sent = true;
    this.#body = body.toString();
    return this;
  }
  response(): ApiAnswer {
    return { status: this.#status, body: this.#body, replayed: this.#replayed };
  }
}

export type Delivered = { readonly kind: 'response'; readonly response: ApiAnswer } | { readonly kind: 'nothing' };

/** Sends a request over the network and brings back what came of it: nothing, when the process died or took too long. */
export function exchange(
  client: SimulatedProcess,
  service: RunningService,
  request: Request,
  latencyMs: () => number,
  patienceMs: number,
): Promise<Delivered> {
  const { scheduler } = client;
  return new Promise((resolve) => {
    const nothing = (): void => resolve({ kind: 'nothing' });
    const timer = scheduler.after(patienceMs, client, nothing);
    service.process.onDeath(() => {
      timer.cancel();
      scheduler.after(latencyMs(), client, nothing);
    });
    const answer = async (): Promise<void> => {
      const response = await service.door!.hold(() => serve(service, request));
      scheduler.after(latencyMs(), client, () => {
        timer.cancel();
        resolve({ kind: 'response', response });
      });
    };
    scheduler.after(latencyMs(), service.process, () => void answer());
  });
}
