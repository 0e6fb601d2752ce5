import { randomUUID } from 'node:crypto';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '#clock';
import { CLOCK, LOG, Shutdown, type PublicDoor } from '#service';
import { Metrics, type Log } from '#telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ACCOUNTS } from '../accounts/accounts.module.js';
import type { Accounts } from '../accounts/accounts.repository.js';
import { headerOf, queryTextOf } from './api-request.http.js';
import { apiVersionOf } from './api-version.js';
import { readCredentials } from './credentials.js';
import { parseForm } from './parameters.js';
import { readBody } from './request-body.js';
import { StripeErrorFilter } from './stripe-error.filter.js';
import { invalidRequest, shown } from './stripe-error.js';

const BODY_LIMIT_BYTES = 256 * 1024;

/** The public side: Stripe's way of speaking HTTP, before any route. */
export const stripeDoor: PublicDoor<NestFastifyApplication> = {
  adapter: () =>
    new FastifyAdapter({
      routerOptions: { querystringParser: unread, maxParamLength: 4_096 },
      bodyLimit: BODY_LIMIT_BYTES,
      // A URL that cannot be decoded reaches no hook and no filter.
      frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) => {
        const { status, body } = invalidRequest('The request URL could not be read.').answer;
        void reply.code(status).header('content-type', 'application/json').send(body);
      },
    }),
  configure: (app) => {
    const fastify = app.getHttpAdapter().getInstance();
    app.useGlobalFilters(new StripeErrorFilter(app.get<Log>(LOG)));
    readBodies(fastify, app);
    identify(fastify, app.get<Clock>(CLOCK), app.get<Accounts>(ACCOUNTS));
    letGoWhenEnding(fastify, app.get(Shutdown));
    measure(fastify, app.get<Clock>(CLOCK), app.get(Metrics));
  },
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

/** The query is read after the key, by `identify`: the router has no way to report what is wrong with it. */
function unread(): Record<string, unknown> {
  return {};
}

/** Every request has an id; no route is reached without a key. */
function identify(fastify: FastifyInstance, clock: Clock, accounts: Accounts): void {
  fastify.decorateRequest('api');
  fastify.addHook('onRequest', (request, reply, done) => {
    const requestId = `req_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
    const apiVersion = apiVersionOf(headerOf(request, 'stripe-version'));
    request.api = { requestId, apiVersion, startedMs: clock.monotonicMs(), account: '', query: new Map() };
    reply.headers({ 'request-id': requestId, 'stripe-version': apiVersion });
    const admit = (account: string): void => {
      request.api.account = account;
      request.api.query = parseForm(queryTextOf(request));
      done(otherAccount(request) ?? unreadable(request));
    };
    const account = accounts.accountOf(readCredentials(request.headers.authorization));
    if (typeof account === 'string') admit(account);
    else account.then(admit, done);
  });
}

/** Connect's header: nobody acts for anybody else here. */
function otherAccount(request: FastifyRequest): Error | undefined {
  const wanted = headerOf(request, 'stripe-account');
  if (wanted === undefined || wanted === request.api.account) return undefined;
  return invalidRequest(
    `The provided key does not have access to account '${shown(wanted)}' (or that account does not exist).`,
    { code: 'account_invalid', status: 403 },
  );
}

function unreadable(request: FastifyRequest): Error | undefined {
  // No id has one, and Postgres takes none as text.
  const withNull = Object.values(request.params ?? {}).some((value) => String(value).includes('\0'));
  if (withNull) return invalidRequest('The request URL could not be read: it contains a null character.');
  return undefined;
}

/** A held request that is answered while the process ends must not keep its connection, or the end would wait for it. */
function letGoWhenEnding(fastify: FastifyInstance, shutdown: Shutdown): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (shutdown.begun) reply.header('connection', 'close');
    done();
  });
}

function measure(fastify: FastifyInstance, clock: Clock, metrics: Metrics): void {
  const seconds = metrics.histogram({
    name: 'api_request_duration_seconds',
    help: 'From the first byte of a request to its answer, held requests included.',
    labels: ['route', 'status'],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
    seconds.observe({ route, status: String(reply.statusCode) }, (clock.monotonicMs() - request.api.startedMs) / 1_000);
    done();
  });
}
