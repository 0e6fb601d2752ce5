import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '#telemetry';
import { FakeClock } from '#testing';
import { AdminServer } from './admin-server.js';
import { Readiness } from './readiness.js';

let readiness: Readiness;
let admin: AdminServer;
beforeEach(async () => {
  readiness = new Readiness(new FakeClock(), () => false, ['database']);
  admin = new AdminServer(new Metrics(new FakeClock()), readiness);
  await admin.listen('127.0.0.1', 0);
});
afterEach(() => admin.close());

const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(admin.url + path);
  const body = await response.text();
  return { status: response.status, body: body.startsWith('{') ? JSON.parse(body) : body };
};

describe('the admin server', () => {
  it('is alive before it is ready', async () => {
    expect(await get('/health/live')).toEqual({ status: 200, body: { live: true } });
    expect(await get('/health/ready')).toEqual({
      status: 503,
      body: { ready: false, checks: { database: 'not there yet' } },
    });
    readiness.add('database', () => true);
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { ready: true } });
  });

  it('answers routes that are added after it listens', async () => {
    admin.get('/charges/:id', ({ params, query }) =>
      params['id'] === 'ch_1' ? { id: params['id'], expand: query['expand'] } : undefined,
    );
    expect(await get('/charges/ch_1?expand=all')).toEqual({ status: 200, body: { id: 'ch_1', expand: 'all' } });
    expect(await get('/charges/ch_2')).toMatchObject({ status: 404, body: { routes: ['/charges/:id'] } });
    expect(await get('/charges')).toMatchObject({ status: 404 });
    expect(await get('/charges/%E0%A4%A')).toMatchObject({ status: 400 });
  });

  it('answers 503 while the database gives no connection, and 500 for a bug', async () => {
    const noConnection = 'timeout exceeded when trying to connect';
    admin.get('/charges/:id', () => Promise.reject(new Error(noConnection)));
    admin.get('/accounts/:id', () => Promise.reject(new TypeError('undefined is not an account')));
    expect(await get('/charges/ch_1')).toEqual({
      status: 503,
      body: { error: 'the database cannot be read now, ask again', reason: noConnection },
    });
    expect(await get('/accounts/acct_1')).toMatchObject({ status: 500 });
  });

  it.each([
    '//',
    '//evil.example:99999',
    '/charges/%00',
    '/charges/a%00b',
    '/%00',
    '/charges/..%2f',
    '/charges/__proto__',
  ])('answers 404 at %s', async (path) => {
    const asked: unknown[] = [];
    admin.get('/charges/:id', ({ params }) => void asked.push(params['id']));
    const { port } = new URL(admin.url);
    const [response] = (await once(request({ port, path }).end(), 'response')) as [IncomingMessage];
    expect([response.statusCode, JSON.parse(await text(response))]).toEqual([
      404,
      { error: 'not found', routes: ['/charges/:id'] },
    ]);
    expect(asked.filter((id) => String(id).includes('\0'))).toEqual([]);
  });

  it('serves the metrics', async () => {
    expect(await get('/metrics')).toMatchObject({ body: expect.stringContaining('process_cpu_seconds_total') });
  });

  it.each([{ host: 'rebound.example' }, { origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }])(
    'rejects requests of web pages, by %j',
    async (headers) => {
      for (const path of ['/health/live', '/metrics', '/charges/ch_1']) {
        const sent = request(admin.url + path, { headers }).end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        response.resume();
        expect(response.statusCode).toBe(403);
      }
    },
  );

  it('reports a taken port in one message, with the variable to change', async () => {
    const port = Number(new URL(admin.url).port);
    const second = new AdminServer(new Metrics(new FakeClock()), readiness);
    await expect(second.listen('127.0.0.1', port)).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken: free it, or set ADMIN_PORT to another`,
    );
    await second.close();
  });
});
