import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { RunningApi } from '../testing/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await RunningApi.start(`http_${process.pid}`);
  api.playLaterServices();
}, 60_000);
afterAll(() => api.close());

const key = 'sk_test_http';
const client = () => supertest(api.url);
const envelope = (type: string) => ({ error: expect.objectContaining({ type, message: expect.any(String) }) });

describe('every answer', () => {
  it('has a request id, Stripe’s version and JSON, errors included', async () => {
    for (const path of ['/v1/charges', '/v1/nothing', '/v1/charges/ch_nope']) {
      const answer = await client().get(path).auth(key, { type: 'bearer' });
      expect(answer.headers).toMatchObject({
        'request-id': expect.stringMatching(/^req_/),
        'stripe-version': expect.stringMatching(/^\d{4}-/),
        'content-type': expect.stringContaining('application/json'),
      });
    }
  });

  it('echoes the version that was asked for', async () => {
    const answer = await client().get('/v1/charges').auth(key, { type: 'bearer' }).set('Stripe-Version', '2020-08-27');
    expect(answer.headers['stripe-version']).toBe('2020-08-27');
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['GET', '/', 404],
    ['GET', '/v1/nothing', 404],
    ['PUT', '/v1/charges', 404],
    ['DELETE', '/v1/charges/ch_1', 404],
    ['PATCH', '/v1/charges/ch_1', 404],
    ['GET', '/v1/charges/%zz', 400],
    ['GET', '/v1/charges/ch_%00', 400],
    ['POST', '/v1/charges/ch_%00/capture', 400],
    ['GET', `/v1/charges/${'x'.repeat(300)}`, 404],
    ['GET', '/v1/charges?limit[a][b][c][d][e][f][g][h]=1', 400],
    ['GET', '/v1/charges?limit=0', 400],
    ['GET', '/v1/charges?created=999999999999999', 400],
    ['GET', '/v1/charges?created[lt]=999999999999999', 400],
  ])('%s %s is %i in Stripe’s envelope', async (method, path, status) => {
    const answer = await raw(method, path, { authorization: `Bearer ${key}` });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject(envelope('invalid_request_error'));
  });

  it('is 401 without a key, whatever was asked for', async () => {
    for (const path of ['/v1/charges', '/v1/nothing']) {
      const answer = await client().get(path);
      expect([answer.status, answer.body]).toEqual([401, envelope('invalid_request_error')]);
    }
  });

  it.each([
    ['application/json', '{"amount":', 400],
    ['application/json', '"text"', 400],
    ['application/x-www-form-urlencoded', `a${'[b]'.repeat(100)}=1`, 400],
    ['application/x-www-form-urlencoded', `description=${'x'.repeat(300 * 1024)}`, 413],
    ['text/plain', 'amount=1', 400],
    ['multipart/form-data', 'amount=1', 400],
  ])('in a body of %s is told: %#', async (type, body, status) => {
    const answer = await client()
      .post('/v1/charges')
      .auth(key, { type: 'bearer' })
      .set('Content-Type', type)
      .send(body);
    expect([answer.status, answer.body]).toEqual([status, envelope('invalid_request_error')]);
  });

  it('inside of us is a 500 that says so, and may be tried again', async () => {
    await api.database.query({ name: 'test.break', text: 'ALTER TABLE charge RENAME COLUMN details TO mislaid' });
    try {
      const answer = await client().get('/v1/charges').auth(key, { type: 'bearer' });
      expect([answer.status, answer.body]).toEqual([500, envelope('api_error')]);
      expect(answer.headers['stripe-should-retry']).toBe('true');
      expect(JSON.stringify(answer.body)).not.toContain('column');
    } finally {
      await api.database.query({ name: 'test.mend', text: 'ALTER TABLE charge RENAME COLUMN mislaid TO details' });
    }
  });
});

describe('people with curl', () => {
  it('may send the key as the user name of Basic', async () => {
    expect((await client().get('/v1/charges').auth(key, '')).status).toBe(200);
  });

  it('may send JSON', async () => {
    const answer = await client()
      .post('/v1/charges')
      .auth(key, '')
      .send({ amount: 1000, currency: 'usd', source: 'tok_visa', metadata: { order: 1 }, description: null });
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'succeeded', metadata: { order: '1' } }]);
  });

  it('may leave the content type out', async () => {
    const answer = await raw('POST', '/v1/charges', { authorization: `Bearer ${key}` }, 'amount=1&currency=usd');
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'amount_too_small' } });
  });

  it('get an error of parameters for an empty body', async () => {
    const answer = await raw('POST', '/v1/charges', { authorization: `Bearer ${key}`, 'content-length': '0' });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'parameter_missing', param: 'amount' } });
  });
});

/** Without a client's own ideas of what may be sent. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const sent = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode!, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
