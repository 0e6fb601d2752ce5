import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
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
});

describe('every failure', () => {
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

  it('is 401 without a key, for every path', async () => {
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
    ['application/xml', '<amount>1</amount>', 400],
    ['application/x-www-form-urlencoded', '{"amount":1}', 400],
    ['garbage', 'amount=1', 400],
    ['application/x-www-form-urlencoded; charset=iso-8859-1', 'amount=1', 400],
  ])('in a body of %s is told: %#', async (type, body, status) => {
    const answer = await client()
      .post('/v1/charges')
      .auth(key, { type: 'bearer' })
      .set('Content-Type', type)
      .send(body);
    expect([answer.status, answer.body]).toEqual([status, envelope('invalid_request_error')]);
  });

  it.each([
    ['a Latin-1 byte', 'description=M%E4rz', {}],
    ['a raw Latin-1 byte', 'description=M\xe4rz', {}],
    ['a raw Latin-1 byte in JSON', '{"description":"M\xe4rz"}', { 'content-type': 'application/json' }],
    ['half a surrogate pair in JSON', '{"description":"\\ud800"}', { 'content-type': 'application/json' }],
    ['a compressed body', '\x1f\x8b\x08secret', { 'content-encoding': 'gzip' }],
    ['a Latin-1 byte in the idempotency key', 'description=x', { 'idempotency-key': 'M\xe4rz' }],
  ])('is told where text is no UTF-8 or not readable: %s', async (_, body, headers) => {
    const answer = await onTheWire('POST', '/v1/charges/ch_nope', { 'idempotency-key': 'k', ...headers }, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject(envelope('invalid_request_error'));
    expect(answer.body.error.message).toMatch(/^Invalid UTF-8|^Invalid request body/);
    expect(answer.text).not.toContain('secret');
  });

  it.each(['/v1/charges/ch_%E4', '/v1/charges?customer=%E4', '/v1/charges?%C0%80=1', '/v1/charges/ch_\xe4'])(
    'is told where the URL is no UTF-8: %s',
    async (path) => {
      const answer = await onTheWire('GET', path, {});
      expect(answer.status).toBe(400);
    },
  );

  it('inside of us is a 500 that says so, and may be tried again', async () => {
    await api.administrator.query({ name: 'test.break', text: 'ALTER TABLE charge RENAME COLUMN details TO mislaid' });
    try {
      const answer = await client().get('/v1/charges').auth(key, { type: 'bearer' });
      expect([answer.status, answer.body]).toEqual([500, envelope('api_error')]);
      expect(answer.headers['stripe-should-retry']).toBe('true');
      expect(JSON.stringify(answer.body)).not.toContain('column');
    } finally {
      await api.administrator.query({ name: 'test.mend', text: 'ALTER TABLE charge RENAME COLUMN mislaid TO details' });
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

describe('what strangers send', () => {
  const order = 'amount=1000&currency=usd&source=tok_visa';

  it('may stand in the query of a POST, and counts for its key', async () => {
    const post = (path: string, body: string) => onTheWire('POST', path, { 'idempotency-key': 'in-the-query' }, body);
    const first = await post(`/v1/charges?${order}&description=query`, '');
    expect([first.status, first.body]).toMatchObject([200, { amount: 1000, description: 'query' }]);
    const elsewhere = await post('/v1/charges', `${order}&description=query`);
    expect(elsewhere.text).toBe(first.text);
    const both = await post('/v1/charges?amount=1000&description=query', `${order}&description=body`);
    expect(both.body).toMatchObject(envelope('idempotency_error'));
  });

  it('may have keys like those of lists and objects in its metadata', async () => {
    const names = ['0', '1', '__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const form = names.map((name) => `metadata[${name}]=of+${name}`).join('&');
    const json = `{"amount":1000,"currency":"usd","source":"tok_visa","metadata":{${names
      .map((name) => `"${name}":"of ${name}"`)
      .join()}}}`;
    const answers = [
      await onTheWire('POST', '/v1/charges', {}, `${order}&${form}`),
      await onTheWire('POST', `/v1/charges?${form}`, {}, order),
      await onTheWire('POST', '/v1/charges', { 'content-type': 'application/json' }, json),
    ];
    for (const { status, body } of answers) {
      const read = await onTheWire('GET', `/v1/charges/${body.id}`, {});
      for (const { metadata } of [body, read.body]) {
        const expected = new Map(names.map((name) => [name, `of ${name}`]));
        expect([status, new Map(Object.entries(metadata))]).toEqual([200, expected]);
      }
    }
  });

  it('may be an idempotency key in any script, which comes back to the byte', async () => {
    const key = Buffer.from('ключ-1 😀').toString('latin1');
    const first = await onTheWire('POST', '/v1/charges', { 'idempotency-key': key }, order);
    const second = await onTheWire('POST', '/v1/charges', { 'idempotency-key': key }, order);
    expect([first.status, second.text]).toEqual([200, first.text]);
    for (const { head } of [first, second]) expect(head).toContain(`\r\nidempotency-key: ${key}\r\n`);
    const stored = await api.database.query<{ key: string }>({
      name: 'test.keys',
      text: `SELECT key FROM idempotency_key WHERE key LIKE 'ключ%'`,
    });
    expect(stored).toEqual([{ key: 'ключ-1 😀' }]);
  });

  it('is measured in characters all the way down', async () => {
    const emoji = '😀'.repeat(500);
    const longest = `${order}&metadata[${'😀'.repeat(40)}]=${emoji}&description=${emoji}`;
    const answer = await onTheWire('POST', '/v1/charges', {}, Buffer.from(longest).toString('latin1'));
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'succeeded', description: emoji }]);
  });
});

describe('a card number', () => {
  const order = 'amount=1000&currency=usd&source=tok_visa';
  const number = '4242424242424242';
  const spaced = '4242+4242-4242%204242';

  it('is refused wherever it does not belong, is not repeated, and is stored nowhere', async () => {
    const answers = [
      await onTheWire('POST', '/v1/charges', {}, `${order}&description=card+${number}`),
      await onTheWire('POST', '/v1/charges', {}, `${order}&metadata[note]=${spaced}`),
      await onTheWire('POST', '/v1/charges', {}, `${order}&metadata[${number}]=1`),
      await onTheWire('POST', '/v1/charges', {}, `${order}&statement_descriptor=A+${number}`),
      await onTheWire('POST', '/v1/charges', {}, `${order}&transfer_group=group_${number}`),
      await onTheWire('POST', '/v1/charges', {}, `${order}&shipping[name]=${spaced}&shipping[address][line1]=x`),
      await onTheWire('POST', '/v1/charges', {}, `amount=1000&currency=usd&source=tok_fault_authorize_hang_${number}`),
      await onTheWire('POST', '/v1/charges', {}, `amount=${number}&currency=usd&source=tok_visa`),
      await onTheWire('POST', `/v1/charges?description=${spaced}`, {}, order),
      await onTheWire('POST', '/v1/charges', { 'idempotency-key': `order-${number}` }, order),
      await onTheWire('POST', '/v1/charges', { 'content-type': 'application/json' }, `{"description":${number}}`),
      await onTheWire('POST', `/v1/charges/ch_${number}/capture`, {}, ''),
      await onTheWire('POST', '/v1/refunds', {}, `charge=ch_${number}`),
      await onTheWire('GET', `/v1/charges/${number}`, {}),
      await onTheWire('GET', `/v1/charges?customer=${spaced}`, {}),
      await onTheWire('GET', `/v1/refunds?${number}=1`, {}),
      await onTheWire('GET', '/v1/charges', { 'stripe-account': number }),
    ];
    for (const { status, text } of answers) {
      expect([400, 403, 404]).toContain(status);
      expect(text).not.toMatch(/4242\D{0,3}4242/);
    }
    expect(await tablesWith(number)).toEqual([]);
  });

  it('ends the trace that it is hidden in', async () => {
    const traceparent = `00-0000000000000000${number}-00f067aa0ba902b7-00`;
    const answer = await onTheWire('POST', '/v1/charges', { traceparent }, order);
    expect(answer.status).toBe(200);
    expect(await tablesWith(number)).toEqual([]);
  });

  async function tablesWith(text: string): Promise<unknown[]> {
    const ask = (about: string, query: string, values: unknown[] = []) =>
      api.administrator.query<{ name: string }>({ name: `test.look.${about}`, text: query }, values);
    const tables = await ask(
      'tables',
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const found = tables.map(({ name }) =>
      ask(name, `SELECT '${name}' AS name FROM ${name} AS r WHERE position($1 IN r::text) > 0 LIMIT 1`, [text]),
    );
    return (await Promise.all(found)).flat();
  }
});

interface OnTheWire {
  readonly status: number;
  readonly head: string;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** Raw bytes, one latin1 character for each. */
function onTheWire(method: string, path: string, headers: Record<string, string>, body = ''): Promise<OnTheWire> {
  const lines = Object.entries({
    host: 'localhost',
    authorization: `Bearer ${key}`,
    connection: 'close',
    ...(body !== '' && { 'content-length': String(body.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname)
      .on('error', reject)
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        const answer = Buffer.concat(chunks);
        const end = answer.indexOf('\r\n\r\n');
        const head = answer.subarray(0, end + 2).toString('latin1');
        const text = answer.subarray(end + 4).toString('utf8');
        resolve({
          status: Number(head.split(' ', 2)[1]),
          head,
          text,
          body: text.startsWith('{') ? JSON.parse(text) : {},
        });
      });
    socket.write(Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1'));
  });
}

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
