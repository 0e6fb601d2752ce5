import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { notEmpty } from '#testing';
import { RawConnection } from '../testing/raw-connection.js';
import { RunningApi } from '../testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`door_${process.pid}`);
  api.playLaterServices();
  // Those of production are too long for a test.
  Object.assign(api.app.getHttpServer(), { headersTimeout: 200, requestTimeout: 400 });
}, 60_000);
afterAll(() => api.close());

const head = 'host: localhost\r\nauthorization: Bearer sk_test_door\r\nconnection: close\r\n';
const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\n${head}${more}\r\n`;
const send = (text: string) => new RawConnection(api.url).exchange(text);
const refusedWith = (status: number) => ({
  status,
  headers: {
    'content-type': expect.stringContaining('application/json'),
    'request-id': expect.stringMatching(/^req_\w{16}$/),
    'stripe-version': expect.stringMatching(/^\d{4}-/),
  },
  body: { error: { type: 'invalid_request_error', message: expect.any(String) } },
});

describe('an error before any route', () => {
  it.each([
    ['garbage', 'rubbish\r\n\r\n', 400],
    ['a version of HTTP that is not offered', `GET / HTTP/3.7\r\n${head}\r\n`, 400],
    ['no host', `GET /v1/charges HTTP/1.1\r\n${head.replace('host: localhost\r\n', '')}\r\n`, 400],
    ['a length that is no number', `POST /v1/charges HTTP/1.1\r\n${head}content-length: ten\r\n\r\n`, 400],
    ['two lengths', `POST /v1/charges HTTP/1.1\r\n${head}content-length: 1\r\ncontent-length: 2\r\n\r\nab`, 400],
    [
      'a length and chunks',
      `POST /v1/charges HTTP/1.1\r\n${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['a broken chunk', `POST /v1/charges HTTP/1.1\r\n${head}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['a header without a name', `GET /v1/charges HTTP/1.1\r\n${head}: x\r\n\r\n`, 400],
    ['a path that cannot be decoded', get('/v1/charges/%zz'), 400],
    ['a path of broken UTF-8', get('/v1/charges/%C3%28'), 400],
    ['headers of 20 kB', get('/v1/charges', `x: ${'x'.repeat(20_000)}\r\n`), 431],
    ['a path of 20 kB', get(`/v1/charges/${'x'.repeat(20_000)}`), 431],
    ['a long segment', get(`/v1/charges/ch_${'x'.repeat(10_000)}`), 404],
    [
      'a body of 300 kB',
      `POST /v1/charges HTTP/1.1\r\n${head}content-length: 300000\r\n\r\n${'x'.repeat(300_000)}`,
      413,
    ],
    ['a body said to be of 300 GB', `POST /v1/charges HTTP/1.1\r\n${head}content-length: 300000000000\r\n\r\n`, 413],
    ['an expectation', `POST /v1/charges HTTP/1.1\r\n${head}expect: miracle\r\ncontent-length: 0\r\n\r\n`, 417],
    ['a tunnel', `CONNECT localhost:80 HTTP/1.1\r\n${head}\r\n`, 404],
    ['OPTIONS of everything', `OPTIONS * HTTP/1.1\r\n${head}\r\n`, 404],
    ['a whole URL of another host', get('http://evil.example/v1/nothing'), 404],
  ])('is Stripe’s envelope with a request id: %s', async (_what, text, status) => {
    const [answer] = await send(text);
    expect(answer).toMatchObject(refusedWith(status));
    expect(answer!.text.length).toBeLessThan(1_000);
  });

  it('is 408 for half a request, which a client may repeat: nothing has begun', async () => {
    const halves = [
      '',
      'POST /v1/charges HTTP/1.1\r\nhos',
      `POST /v1/charges HTTP/1.1\r\n${head}content-length: 10\r\n\r\nhalf`,
      `POST /v1/charges HTTP/1.1\r\n${head}transfer-encoding: chunked\r\n\r\n5\r\nhal`,
    ];
    for (const [answer] of notEmpty(await Promise.all(halves.map(send)))) {
      expect(answer).toMatchObject(refusedWith(408));
      expect(answer!.headers['stripe-should-retry']).toBe('true');
    }
  });

  it.each(['OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'PURGE', 'LOCK', 'QUERY', 'M-SEARCH'])(
    'is Stripe’s 404 for the method %s',
    async (method) => {
      const [answer] = await send(`${method} /v1/charges HTTP/1.1\r\n${head}\r\n`);
      expect(answer).toMatchObject({
        status: 404,
        headers: { 'request-id': expect.stringMatching(/^req_/) },
        body: { error: { message: expect.stringContaining(`(${method}: /v1/charges)`) } },
      });
    },
  );

  it('is not the answer to the whole request before it on the same connection', async () => {
    const answers = await send(`${get('/v1/charges').replace('connection: close\r\n', '')}rubbish\r\n\r\n`);
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  it('is none: HTTP/1.0 without a host, and an upgrade that is not offered', async () => {
    const old = 'GET /v1/charges HTTP/1.0\r\nauthorization: Bearer sk_test_door\r\n\r\n';
    const upgrade = get('/v1/charges', 'connection: upgrade\r\nupgrade: websocket\r\n');
    for (const text of [old, upgrade]) {
      const [answer] = await send(text);
      expect(answer).toMatchObject({ status: 200, body: { object: 'list' } });
    }
  });
});

describe('a path', () => {
  it.each([
    ['POST', '/v1/charges/search'],
    ['POST', '/v1/charges/search/capture'],
    ['GET', '/v1/refunds/search'],
    ['GET', '/v1/balance_transactions/search'],
    ['GET', '/v1/test_helpers/test_clocks/search'],
    ['GET', '/v1/charges/'],
    ['GET', '/v1/charges/ch_%2e%2e'],
    ['GET', '/v1/charges/ch_1%20'],
    ['PUT', '/v1/charges/ch_1'],
    ['GET', '/v1/charges/ch_1/capture'],
    ['GET', '/v1/nothing/no_1'],
  ])('that is not offered is told apart from an id: %s %s', async (method, path) => {
    const text = `${method} ${path} HTTP/1.1\r\n${head}content-length: 0\r\n\r\n`;
    const [answer] = await send(text);
    expect(answer).toMatchObject({
      status: 404,
      body: { error: { type: 'invalid_request_error', message: expect.stringContaining(`(${method}: ${path})`) } },
    });
    expect(answer!.body).not.toHaveProperty('error.code');
  });

  it.each([
    ['/v1/charges/ch_08jjRNLY0ky', 'charge'],
    ['/v1/charges/pi_3MtwBwLkdIwHu7ix28a3tqPa', 'charge'],
    ['/v1/refunds/re_1', 'refund'],
    ['/v1/balance_transactions/txn_1', 'balance transaction'],
    ['/v1/test_helpers/test_clocks/clock_1', 'test clock'],
  ])('with an id that nothing has is a missing object: %s', async (path, what) => {
    const [answer] = await send(get(path));
    const id = path.split('/').at(-1);
    expect(answer).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing', message: `No such ${what}: '${id}'` } },
    });
  });
});
