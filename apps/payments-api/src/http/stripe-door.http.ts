import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { onceGone } from '#http-door';
import { Shutdown, type PublicDoor } from '#service';
import { hasCardNumber } from '#card-numbers';
import { Metrics } from '#telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AdmissionControl } from '../admission/admission-control.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { headerOf, queryTextOf } from './api-request.http.js';
import { API_VERSION, readApiVersion } from '../protocol/api-version.js';
import { doorError, unrecognizedUrl } from '../protocol/door-errors.js';
import { newRequestId, renderDoorError, requestHeaders, sendError } from './error-reply.http.js';
import { parseForm } from '../protocol/parameters.js';
import { isPathId } from '../protocol/path-ids.js';
import { readBody } from '../protocol/request-body.js';
import { invalidRequest, resourceMissing, shown } from '../protocol/stripe-error.js';
import { sendResult } from './result-reply.http.js';
import { UNREAD_BYTES_MAX, UnreadAnswers } from './unread-answers.js';

const BODY_LIMIT_BYTES = 256 * 1024;
const HEADERS_LIMIT_BYTES = 16 * 1024;

/** Nest gives an adapter what handlers return. */
class StripeAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply, result: object): FastifyReply {
    sendResult(reply, result);
    return reply;
  }
}

/** The public side: Stripe's way of speaking HTTP, before any route. */
export const stripeDoor: PublicDoor<NestFastifyApplication> = {
  adapter: () =>
    new StripeAdapter({
      genReqId: newRequestId,
      // An id of any length finds its route, which then refuses it.
      routerOptions: { querystringParser: unread, maxParamLength: HEADERS_LIMIT_BYTES },
      bodyLimit: BODY_LIMIT_BYTES,
      // Each of these would be refused in words of Node's or Fastify's own; the hook below refuses it in Stripe's.
      http: { maxHeaderSize: HEADERS_LIMIT_BYTES, requireHostHeader: false },
      return503OnClosing: false,
      // A URL that cannot be decoded reaches no hook and no filter.
      frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
        sendError(request, reply, invalidRequest('The request URL could not be read.')),
    }),
  configure: (app) => {
    const fastify = app.getHttpAdapter().getInstance();
    readBodies(fastify, app);
    checkHeaders(fastify, app.get(ApiKeyGuard), app.get(Shutdown), app.get(AdmissionControl));
    letGoWhenEnding(fastify, app.get(Shutdown));
    boundUnread(fastify, app.get(Metrics));
    measure(fastify, app.get(Metrics));
  },
  refusal: renderDoorError,
};

/** One reader for every body: what it says itself to be is a matter of the protocol, not of the framework. */
function readBodies(fastify: FastifyInstance, app: NestFastifyApplication): void {
  fastify.removeContentTypeParser('text/plain');
  // The first two by name as well, or Nest would add its own.
  for (const type of ['application/json', 'application/x-www-form-urlencoded', '*']) {
    app.useBodyParser(type, { bodyLimit: BODY_LIMIT_BYTES }, (request, body: Buffer, done) => {
      done(null, readBody(body, request.headers));
    });
  }
}

/** The query is read after the key, by `checkHeaders`: the router has no way to report what is wrong with it. */
function unread(): Record<string, unknown> {
  return {};
}

/** What is refused by its headers alone is refused before its body is read, and without a key nothing else is told. */
function checkHeaders(
  fastify: FastifyInstance,
  guard: ApiKeyGuard,
  shutdown: Shutdown,
  admission: AdmissionControl,
): void {
  fastify.decorateRequest('api');
  fastify.decorateRequest('claim');
  fastify.addHook('onRequest', async (request, reply) => {
    const apiVersion = apiVersionOf(request) ?? API_VERSION;
    request.api = { requestId: request.id, apiVersion, account: '', query: new Map() };
    reply.headers(requestHeaders(request.id, apiVersion));
    const early = withoutHost(request) ?? tooLate(shutdown);
    if (early) throw early;
    await guard.authenticate(request);
    const refusal = unknownVersion(request) ?? unreadable(request) ?? nowhere(request);
    if (refusal) throw refusal;
    if (movesMoney(request)) admission.admitUnread(request.api.account);
    request.api.query = parseForm(queryTextOf(request));
  });
}

const apiVersionOf = (request: FastifyRequest) => readApiVersion(headerOf(request, 'stripe-version'));

/** A header that names no version is a mistake of the caller's; what it meant cannot be guessed. */
function unknownVersion(request: FastifyRequest): Error | undefined {
  if (apiVersionOf(request) !== undefined) return undefined;
  const version = shown(headerOf(request, 'stripe-version') ?? '');
  return invalidRequest(
    `Invalid Stripe API version: '${version}'. A version is a date and a name, such as ${API_VERSION}.`,
  );
}

/** HTTP/1.1 requires it (RFC 9112, section 3.2). */
function withoutHost({ raw, headers }: FastifyRequest): Error | undefined {
  return raw.httpVersion === '1.1' && headers.host === undefined ? doorError(400) : undefined;
}

/** On a connection that was kept: the parts that a request needs are ending. */
function tooLate({ phase }: Shutdown): Error | undefined {
  return phase === undefined || phase === 'door' ? undefined : doorError(503);
}

const movements = new Set([
  '/v1/charges',
  '/v1/charges/:id/capture',
  '/v1/payment_intents',
  '/v1/payment_intents/:id/cancel',
  '/v1/payment_intents/:id/capture',
  '/v1/payment_intents/:id/confirm',
  '/v1/refunds',
]);

/** A request whose work the other services share, so that it can be refused before its body is read. */
function movesMoney({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && movements.has(routeOptions.url ?? '');
}

function unreadable(request: FastifyRequest): Error | undefined {
  // No id has one, and Postgres takes none as text.
  const withNull = Object.values(request.params ?? {}).some((value) => String(value).includes('\0'));
  return withNull ? invalidRequest('The request URL could not be read: it contains a null character.') : undefined;
}

/** Before a body is read. A segment that can be no id belongs to a URL that is not offered, such as `/v1/charges/search`. */
function nowhere(request: FastifyRequest): Error | undefined {
  if (request.is404) return unrecognizedUrl(request, request.routeOptions.url);
  const segments = Object.values((request.params ?? {}) as Record<string, string>);
  // No object has such an id, and it must not reach a statement.
  const cardNumber = segments.find(hasCardNumber);
  if (cardNumber !== undefined) return resourceMissing('object', cardNumber, 'id');
  return segments.every(isPathId) ? undefined : unrecognizedUrl(request, request.routeOptions.url);
}

/** A held request that is answered while the process ends must not keep its connection, or the end would wait for it. */
function letGoWhenEnding(fastify: FastifyInstance, shutdown: Shutdown): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (shutdown.begun) reply.header('connection', 'close');
    done();
  });
}

/** For every route: lists, large objects, replayed answers. */
function boundUnread(fastify: FastifyInstance, metrics: Metrics): void {
  const dropped = metrics.counter({
    name: 'api_unread_answers_dropped_total',
    help: 'Connections closed because too many bytes of answers were not read by their clients.',
  });
  const unread = new UnreadAnswers(UNREAD_BYTES_MAX, () => dropped.inc());
  metrics.gauge(
    { name: 'api_unread_answers_bytes', help: 'Bytes of answers that their clients have not taken.' },
    (gauge) => gauge.set(unread.bytes),
  );
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw;
    if ((typeof payload === 'string' || Buffer.isBuffer(payload)) && !socket.destroyed) {
      const account = request.api?.account ?? '';
      const answer = { account, bytes: Buffer.byteLength(payload), connection: socket };
      unread.add(answer);
      onceGone(reply.raw, () => unread.remove(answer));
    }
    done();
  });
}

function measure(fastify: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram({
    name: 'api_request_duration_seconds',
    help: 'From the headers of a request to its answer, held requests included.',
    labels: ['route', 'status'],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
    seconds.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    done();
  });
}
