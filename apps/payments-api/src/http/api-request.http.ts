import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Parameters } from './parameters.js';

/** What every request has by the time a route sees it. */
export interface ApiContext {
  readonly requestId: string;
  readonly apiVersion: string;
  /** Monotonic. */
  readonly startedMs: number;
  /** Empty until the key has been looked at. */
  account: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    api: ApiContext;
  }
}

export function bodyOf(request: FastifyRequest): Parameters {
  return (request.body as Parameters | null | undefined) ?? {};
}

export function queryOf(request: FastifyRequest): Parameters {
  return request.query as Parameters;
}

/** Method and path, without the query: what an idempotency key belongs to. */
export function endpointOf(request: FastifyRequest): string {
  return `${request.method} ${request.url.split('?', 1)[0]!}`;
}

export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Sends JSON text as it is, to the byte. */
export function send(
  reply: FastifyReply,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  void reply.code(status).headers(headers).header('content-type', 'application/json').send(body);
}
