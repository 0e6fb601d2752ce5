import { RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '#clock';
import { Metrics } from '#telemetry';
import { notEmpty } from '#testing';
import { RawConnection, type RawAnswer } from '../testing/raw-connection.js';
import { RunningApi } from '../testing/running-api.js';
import { LAST_PATH, wrongsOf } from './testing/hostile-answers.js';
import {
  hostileRequests,
  ordinaryRequest,
  textOf,
  type HostileRequest,
  type KnownIds,
  type HostileRoute,
} from './testing/hostile-requests.js';

const seed = Number(process.env['HOSTILE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CONNECTIONS = 16;
/** Of a client that sends half a request; those of production are too long for a test. */
const TIMEOUTS = { headersTimeout: 2_000, requestTimeout: 4_000 };
/** After a collection of garbage, so that no load of the machine matters. Measured: below 0. A leak of 64 kB a request is 50 MB. */
const RETAINED_MB_MAX = 48;
/** The allocator's own leisure is in it: measured 20. To keep what large requests sent would take 1 GB. */
const RESIDENT_MB_MAX = 512;

const attacker = 'sk_test_hostile';
const victim = 'sk_test_victim';
const bystander = 'sk_test_bystander';
const secret = 'of-the-victim-alone';

let api: RunningApi;
let routes: HostileRoute[];
let own: KnownIds;
let others: KnownIds;
beforeAll(async () => {
  api = await RunningApi.start(`hostile_${process.pid}`);
  api.playLaterServices();
  Object.assign(api.app.getHttpServer(), TIMEOUTS);
  routes = routesOf(api);
  own = await objectsOf(attacker, 'of-the-attacker');
  others = await objectsOf(victim, secret);
}, 60_000);
afterAll(() => api.close());

describe(`hostile input (HOSTILE_SEED=${seed})`, () => {
  it('is refused in Stripe’s words, once for each request, in bounded memory, without harm to other requests', async () => {
    const requests = hostileRequests({ routes, own, others, apiKey: attacker, random: seededRandom(seed) });
    expect(requests.length).toBeGreaterThan(500);
    const before = await everythingOf(victim);
    const waiting = requests.filter(({ client }) => client === 'waits').map(judged);
    const rest = requests.filter(({ client }) => client !== 'waits');
    const wrongs: string[] = [];
    // What the first ones bring up (caches, compiled code, plans) stays.
    const start = rest.splice(0, 200);
    wrongs.push(...(await together(start, judged)));
    const memory = memoryMb();
    let sent = 0;
    wrongs.push(
      ...(await together(rest, async (request) => {
        if (sent++ % 50 === 0) await chargeAndRead();
        return judged(request);
      })),
    );
    wrongs.push(...(await Promise.all(waiting)).flat());
    expect(wrongs).toEqual([]);
    const after = memoryMb();
    expect(after.retained - memory.retained).toBeLessThan(RETAINED_MB_MAX);
    expect(after.resident - memory.resident).toBeLessThan(RESIDENT_MB_MAX);
    await chargeAndRead();
    expect(await everythingOf(victim)).toEqual(before);
  }, 120_000);

  it('reaches every route, and ends in no error of ours where its client has left either', async () => {
    const counted = await served();
    const reached = new Set(counted.filter(({ status }) => status !== '401').map(({ route }) => route));
    expect(routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !reached.has(route))).toEqual([]);
    expect(counted.filter(({ status }) => status.startsWith('5'))).toEqual([]);
  });

  it('finds nothing that belongs to another account', async () => {
    const answers = await Promise.all(
      routes.flatMap((route) =>
        Object.values(others).map(async (id) => {
          const ids = Object.fromEntries(Object.keys(others).map((prefix) => [prefix, id]));
          const request = ordinaryRequest(route, ids, attacker);
          if (!textOf(request).includes(id)) return [];
          const [answer] = await exchange(request);
          return [{ request: `${route.method} ${request.target}`, status: answer!.status, code: codeOf(answer!) }];
        }),
      ),
    );
    const found = answers.flat();
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ status, code }) => ![400, 404].includes(status) || code !== 'resource_missing')).toEqual([]);
  });
});

/** Everything that a controller of the application offers. */
function routesOf({ app }: RunningApi): HostileRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const found = controllers.flatMap(({ metatype }) => {
    const prefix = String(Reflect.getMetadata('path', metatype!));
    const { prototype } = metatype as unknown as { prototype: Record<string, object> };
    return Object.getOwnPropertyNames(prototype).flatMap((name): HostileRoute[] => {
      const method = Reflect.getMetadata('method', prototype[name]!) as RequestMethod | undefined;
      if (method === undefined) return [];
      const path = String(Reflect.getMetadata('path', prototype[name]!));
      return [{ method: RequestMethod[method], path: `/${prefix}/${path}`.replace(/\/+$/, '') }];
    });
  });
  expect(found).toContainEqual({ method: 'POST', path: '/v1/charges/:id/capture' });
  return found;
}

async function call(apiKey: string, method: string, path: string, form?: string): Promise<RawAnswer> {
  const headers = [`Host: localhost\r\n`, `Authorization: Bearer ${apiKey}\r\n`, 'Connection: close\r\n'];
  const request = { method, target: path, protocol: 'HTTP/1.1', headers, body: form ?? '' };
  const [answer] = await new RawConnection(api.url).exchange(textOf(request));
  return answer!;
}

// oxlint-disable-next-line typescript/no-explicit-any
async function made(apiKey: string, path: string, form: string): Promise<any> {
  const answer = await call(apiKey, 'POST', path, form);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

/** One of each kind. */
async function objectsOf(apiKey: string, description: string): Promise<KnownIds> {
  const charge = `amount=5000&currency=usd&source=tok_visa&description=${description}&metadata[note]=${description}`;
  const { id: ch, balance_transaction: txn, created } = await made(apiKey, '/v1/charges', charge);
  const { id: held } = await made(apiKey, '/v1/charges', `${charge}&capture=false`);
  const { id: re } = await made(apiKey, '/v1/refunds', `charge=${ch}&amount=100&metadata[note]=${description}`);
  const anHourLater = `frozen_time=${created + 3_600}&name=${description}`;
  const { id: clock } = await made(apiKey, '/v1/test_helpers/test_clocks', anHourLater);
  const { id: cus } = await made(apiKey, '/v1/customers', `description=${description}`);
  const { id: pm } = await made(apiKey, '/v1/payment_methods/pm_card_visa/attach', `customer=${cus}`);
  const { id: pi } = await made(apiKey, '/v1/payment_intents', `amount=5000&currency=usd&description=${description}`);
  const card = 'card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2040';
  const { id: tok } = await made(apiKey, '/v1/tokens', `${card}&card[name]=${description}`);
  const endpoint = `url=http://localhost:9/&enabled_events[]=charge.expired&description=${description}`;
  const { id: we } = await made(apiKey, '/v1/webhook_endpoints', endpoint);
  const { body: events } = await call(apiKey, 'GET', '/v1/events?limit=1');
  const [{ id: evt }] = (events as { data: { id: string }[] }).data as [{ id: string }];
  return { ch, held, re, txn, clock, cus, pm, pi, tok, we, evt };
}

/** Every list, to the byte. */
async function everythingOf(apiKey: string): Promise<string[]> {
  const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes(':'));
  const answers = await Promise.all(
    lists.map((route) => call(apiKey, 'GET', ordinaryRequest(route, others, apiKey).target)),
  );
  for (const answer of notEmpty(answers)) expect(answer.status).toBe(200);
  return answers.map(({ text }) => text);
}

async function chargeAndRead(): Promise<void> {
  const { id } = await made(bystander, '/v1/charges', 'amount=1000&currency=usd&source=tok_visa');
  const read = await call(bystander, 'GET', `/v1/charges/${id}`);
  expect(read).toMatchObject({ status: 200, body: { id, status: 'succeeded', amount: 1_000 } });
}

/** Hanging up in the middle has no answer to be judged. */
async function judged(request: HostileRequest): Promise<string[]> {
  const bytes = Buffer.from(textOf(request), 'latin1');
  if (request.client === 'hangs up') {
    await hungUp(bytes);
    return [];
  }
  const answers = await exchange(request);
  const what = `${request.kind} on ${request.route.method} ${request.route.path}: ${bytes.toString('latin1').slice(0, 300)}`;
  return wrongsOf(request, answers, secret).map((wrong) => `${wrong} (${what})`);
}

/** What follows an ordinary end tells whether the answer before it was complete. */
async function exchange(request: HostileRequest): Promise<readonly RawAnswer[]> {
  const last = `GET ${LAST_PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${attacker}\r\nConnection: close\r\n\r\n`;
  // The answer to HEAD has a length and no body: it has to be the only one.
  const isHead = request.method === 'HEAD';
  const closing = isHead ? { ...request, headers: [...request.headers, 'Connection: close\r\n'] } : request;
  const text = textOf(closing) + (request.client === 'reads' && !isHead ? last : '');
  return new RawConnection(api.url).exchange(Buffer.from(text, 'latin1'));
}

function hungUp(bytes: Buffer): Promise<void> {
  const { socket } = new RawConnection(api.url);
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.write(bytes, () => socket.resetAndDestroy());
  });
}

/** A few at a time. */
async function together<Item>(items: readonly Item[], work: (item: Item) => Promise<string[]>): Promise<string[]> {
  const results: string[] = [];
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) results.push(...(await work(item)));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return results;
}

function memoryMb(): { retained: number; resident: number } {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { retained: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 };
}

/** As the service itself counts its answers. */
async function served(): Promise<{ route: string; status: string }[]> {
  const text = await api.app.get(Metrics).text();
  return [...text.matchAll(/^api_request_duration_seconds_count\{route="([^"]*)",status="(\d+)"/gm)].map(
    ([, route, status]) => ({ route: route!, status: status! }),
  );
}

function codeOf({ body }: RawAnswer): unknown {
  return (body as { error?: { code?: unknown } } | undefined)?.error?.code;
}
