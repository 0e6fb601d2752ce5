import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { INestApplication, INestMicroservice, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import type { Clock } from '#clock';
import { HttpDoor, type RenderRefusal } from '#http-door';
import { StepTransport, type Bus } from '#messaging';
import type { PgTransaction } from '#postgres';
import { Metrics, type Log } from '#telemetry';
import { AdminServer } from './admin-server.js';
import { announced } from './announced.js';
import { FrameJobs } from './frame-jobs.js';
import { NestLog, StartingNestLog } from './nest-log.js';
import { PortTakenError } from './port-taken.js';
import { Readiness } from './readiness.js';
import type { FrameSettings } from './settings.js';
import { Shutdown } from './shutdown.js';
import { BUS, CLOCK, LOG, SETTINGS } from './tokens.js';

/** A public HTTP port. It listens at the settings HOST and PORT, which the service must define. */
export interface PublicDoor<App extends INestApplication = INestApplication> {
  readonly adapter: () => AbstractHttpAdapter;
  /** Adds parsers, hooks and filters, before the routes. */
  readonly configure?: (app: App) => void | Promise<void>;
  /** The response to bytes that never become a request: broken HTTP, a body that does not arrive. */
  readonly refusal: RenderRefusal;
}

export type NestService = INestApplication | INestMicroservice;

/** Steps arrive through `StepTransport`, which Nest's container makes. */
const steps: AsyncMicroserviceOptions = {
  inject: [StepTransport],
  useFactory: (strategy: StepTransport<PgTransaction>) => ({ strategy }),
};

/** Resolves once Postgres is reached. Consumes and serves nothing yet. */
export async function createService<App extends INestApplication>(
  root: Type,
  options: { log: Log; public?: PublicDoor<App> | undefined },
): Promise<NestService> {
  const nestOptions: NestApplicationOptions = { abortOnError: false, logger: new StartingNestLog(options.log) };
  const service = options.public
    ? await NestFactory.create<App>(root, options.public.adapter(), nestOptions)
    : await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, { ...nestOptions, ...steps });
  service.useLogger(new NestLog(service.get<Log>(LOG)));
  if (options.public) {
    const app = service as App;
    await options.public.configure?.(app);
    app.connectMicroservice(steps);
    closeInOrder(app, openDoor(app, options.public.refusal));
  }
  return service;
}

function openDoor(app: INestApplication, render: RenderRefusal): HttpDoor {
  const metrics = app.get(Metrics);
  const refused = metrics.counter({
    name: 'http_refused_total',
    help: 'Requests that were refused before any route: broken HTTP, requests that do not arrive in time.',
    labels: ['status'],
  });
  const stalled = metrics.counter({
    name: 'http_stalled_clients_total',
    help: 'Connections that were closed because the client did not read its response.',
  });
  return new HttpDoor(app.getHttpServer() as Server, app.get<Clock>(CLOCK), {
    render,
    onRefused: (status) => refused.inc({ status: String(status) }),
    onStalled: () => stalled.inc(),
  });
}

function closeInOrder(app: INestApplication, door: HttpDoor): void {
  const shutdown = app.get(Shutdown);
  shutdown.during('door', 'the connections of the public door', () => door.letGo());
  shutdown.during('http', 'the public HTTP server', async () => {
    await door.end();
    await app.getHttpAdapter().close();
  });
}

/** Joins the consumer group, then opens the public port, and logs `ready`. Waits for Kafka. */
export async function startService(service: NestService): Promise<void> {
  const log = service.get<Log>(LOG);
  const clock = service.get<Clock>(CLOCK);
  const { KAFKA_BROKERS: brokers } = service.get<FrameSettings>(SETTINGS);
  let joined = false;
  service.get(Readiness).add('consumer', () => joined);
  service.get(Shutdown).during('consumer', 'the wait for Kafka', async () => {
    if (!joined) await service.get<Bus>(BUS).close();
  });
  // Init before the consumer starts, since steps may need what modules set up. A pure microservice inits when it
  // listens; an earlier call would make Nest 12 run every init hook twice.
  if ('startAllMicroservices' in service) await service.init();
  const consuming = 'startAllMicroservices' in service ? service.startAllMicroservices() : service.listen();
  await announced(clock, log, `Kafka at ${brokers.join(', ')}`, consuming);
  joined = true;
  service.get(FrameJobs).start();
  const url = 'startAllMicroservices' in service ? await openPublicDoor(service) : undefined;
  log.info({ ...(url && { url }), admin: service.get(AdminServer).url }, 'ready');
}

async function openPublicDoor(app: INestApplication): Promise<string> {
  const { HOST: host, PORT: port } = app.get<FrameSettings & { HOST?: string; PORT?: number }>(SETTINGS);
  assert(host !== undefined && port !== undefined, 'a public door needs the settings HOST and PORT');
  try {
    await app.listen(port, host);
  } catch (error) {
    throw PortTakenError.from(error, { host, port, variable: 'PORT' });
  }
  return app.getUrl();
}
