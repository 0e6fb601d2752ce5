import { randomUUID } from 'node:crypto';
import type { RefusalStatus, RenderRefusal } from '#http-door';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { headerOf, send } from './api-request.http.js';
import { API_VERSION, readApiVersion } from '../protocol/api-version.js';
import { doorError } from '../protocol/door-errors.js';
import { answerInVersion } from '../protocol/versions/render.js';
import type { StripeError } from '../protocol/stripe-error.js';

/** Every error of every route leaves by here, those of Fastify and of Nest included, which may come before any hook. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: StripeError): void {
  const apiVersion = readApiVersion(headerOf(request, 'stripe-version')) ?? API_VERSION;
  const { status, body } = answerInVersion(error.answer, apiVersion);
  send(reply, status, body, { ...requestHeaders(request.id, apiVersion), ...error.headers });
}

/** The same for what never becomes a request of Fastify's. */
export const renderDoorError: RenderRefusal = (status: RefusalStatus, request) => {
  const error = doorError(status, request);
  const headers = { ...requestHeaders(newRequestId(), API_VERSION), ...error.headers };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: error.answer.body };
};

export function newRequestId(): string {
  return `req_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}

/** On every answer. */
export function requestHeaders(requestId: string, apiVersion: string): Readonly<Record<string, string>> {
  return { 'request-id': requestId, 'stripe-version': apiVersion };
}
