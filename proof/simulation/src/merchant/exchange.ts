import type { ApiAnswer, ApiExchange } from '#checker';
import type { SimulatedProcess } from '#virtual-time';
import { API_VERSION, servedVersion } from '../../../../apps/payments-api/src/protocol/api-version.js';
import { doorError } from '../../../../apps/payments-api/src/protocol/door-errors.js';
import { parseForm } from '../../../../apps/payments-api/src/protocol/parameters.js';
import type { SimulatedReply } from '../service/route-handlers.js';
import { routeFor } from '../service/routes.js';
import type { RunningService } from '../service/running-service.js';
import { apiKeyOf } from '../databases/api-keys.js';

export interface Request extends Pick<ApiExchange, 'method' | 'path' | 'account' | 'key' | 'version' | 'parameters'> {
  readonly id: string;
}

/** Calls production's route handler for a request, without the HTTP server. Runs inside the service's process. */
export async function serve(service: RunningService, request: Request): Promise<ApiAnswer> {
  const found = routeFor(service.routes, request.method, request.path);
  if (!found || !service.handlers) return { status: 404, body: '', replayed: false };
  if (service.door?.refuses) {
    const { status, body } = doorError(503).answer;
    return { status, body, replayed: false };
  }
  const parameters = parseForm(new URLSearchParams(request.parameters).toString());
  const incoming = {
    id: request.id,
    method: request.method,
    url: request.path,
    headers: {
      authorization: `Bearer ${apiKeyOf(request.account)}`,
      ...(request.key !== undefined && { 'idempotency-key': request.key }),
    },
    body: request.method === 'GET' ? undefined : parameters,
    params: found.params,
    api: {
      requestId: request.id,
      apiVersion: servedVersion(request.version ?? API_VERSION),
      account: '',
      query: request.method === 'GET' ? parameters : new Map(),
    },
  };
  const reply = new Reply(incoming);
  await service.handlers.of(found.route)(incoming, reply, () => undefined);
  return reply.response();
}

/** The part of Fastify's reply that production uses. */
class Reply implements SimulatedReply {
  sent = false;
  #status = 200;
  #body = '';
  #replayed = false;

  constructor(readonly request: object) {}

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

/** Sends a request over the network and returns the answer, or nothing if the process died or timed out. */
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
    let isAnswered = false;
    service.process.onDeath(() => {
      // What it has sent still arrives: the end of a connection does not overtake it.
      if (isAnswered) return;
      timer.cancel();
      scheduler.after(latencyMs(), client, nothing);
    });
    const answer = async (): Promise<void> => {
      const response = await service.door!.hold(() => serve(service, request));
      isAnswered = true;
      scheduler.after(latencyMs(), client, () => {
        timer.cancel();
        resolve({ kind: 'response', response });
      });
    };
    scheduler.after(latencyMs(), service.process, () => void answer());
  });
}
