import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonText } from '../protocol/json-text.js';
import { inVersion } from '../protocol/versions/render.js';
import { isKeyedAnswer, type KeyedAnswer } from '../protocol/keyed-answer.js';
import { headerOf, send } from './api-request.http.js';

/** Sends what a handler returns: an object of the API, or the answer that is stored under the request's key. */
export function sendResult(reply: FastifyReply, result: object): void {
  if (isKeyedAnswer(result)) sendKeyedAnswer(reply, result);
  else send(reply, 200, jsonText(inVersion(result, reply.request.api.apiVersion)));
}

/** The stored JSON to the byte, with Stripe's headers `Original-Request` and `Idempotent-Replayed`. */
function sendKeyedAnswer(reply: FastifyReply, { answer, originalRequestId }: KeyedAnswer): void {
  const { request } = reply;
  send(reply, answer.status, answer.body, headersOf(request, originalRequestId));
}

function headersOf(request: FastifyRequest, originalRequestId: string): Readonly<Record<string, string>> {
  const key = headerOf(request, 'idempotency-key');
  if (key === undefined) return {};
  return {
    'idempotency-key': key,
    'original-request': originalRequestId,
    ...(originalRequestId !== request.api.requestId && { 'idempotent-replayed': 'true' }),
  };
}
