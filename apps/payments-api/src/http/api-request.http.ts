import { hasCardNumberInside } from '#card-numbers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { merged, type Parameters } from '../protocol/parameters.js';

/** What every request has by the time a route sees it. */
export interface ApiContext {
  readonly requestId: string;
  readonly apiVersion: string;
  /** Empty until the key has been looked at. */
  account: string;
  query: Parameters;
}

declare module 'fastify' {
  interface FastifyRequest {
    api: ApiContext;
  }
}

/** Of the body and of the query together. */
export function parametersOf(request: FastifyRequest): Parameters {
  const body = (request.body as Parameters | null | undefined) ?? new Map();
  return merged(request.api.query, body);
}

/** The query as it was written. */
export function queryTextOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
}

/** Method and path, without the query: what an idempotency key belongs to. */
export function endpointOf(request: FastifyRequest): string {
  return `${request.method} ${request.url.split('?', 1)[0]!}`;
}

/** By the name that the caller has for this service. */
export function baseUrlOf(request: FastifyRequest): string {
  return `http://${headerOf(request, 'host') ?? 'localhost'}`;
}

export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * The caller's own trace, which what is done for the request belongs to; its ids are stored and logged. One that
 * holds a card number is not followed, and a trace of our own begins.
 */
export function traceOf(request: FastifyRequest): string | undefined {
  const traceparent = headerOf(request, 'traceparent');
  const ids = traceparent?.split('-') ?? [];
  return ids.some(hasCardNumberInside) ? undefined : traceparent;
}

/**
 * Sends JSON text as it is, to the byte. As bytes: beside a text, Node would write the headers in UTF-8 as
 * well, and an echoed key that is no ASCII would not be the key that was sent.
 */
export function send(
  reply: FastifyReply,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  void reply.code(status).headers(headers).header('content-type', 'application/json').send(Buffer.from(body));
}
