import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import type { SendOptions, WireResult } from './bank-port.js';
import { stamped } from './bank-order.js';
import { HttpBankClient } from './http-bank.client.js';
import { authorize, inquire } from './testing/scripted-bank.js';
import { deadUrl, http, wireBank, type WireBank } from './testing/wire-bank.js';

const clock = new SystemClock();
const attempt = { id: 'at_1', begunAtMs: 0, validUntil: 5_000 };
const body = '{"state":"approved","bankId":"au_1","asOf":1,"now":1}';
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

async function bankThat(...behaviour: Parameters<typeof wireBank>): Promise<WireBank> {
  const bank = await wireBank(...behaviour);
  open.push(bank);
  return bank;
}

function clientOf(url: string, connections = 4): HttpBankClient {
  const client = new HttpBankClient({ banks: [{ name: 'alder', url }], instanceId: 'gw-1', clock, connections });
  open.unshift({ [Symbol.asyncDispose]: () => client.close() });
  return client;
}

function send(client: HttpBankClient, options: Partial<SendOptions> = {}): Promise<WireResult> {
  return client.send('alder', stamped(authorize, attempt), {
    attemptId: attempt.id,
    signal: new AbortController().signal,
    latestWriteAtMs: Infinity,
    ...options,
  });
}

describe('HttpBankClient', () => {
  it('sends order, validity, attempt, instance and trace, and returns the answer', async () => {
    const bank = await bankThat((socket) => socket.write(http(200, body)));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await send(clientOf(bank.url), { traceparent })).toEqual({
      kind: 'response',
      status: 200,
      body: { state: 'approved', bankId: 'au_1', asOf: 1, now: 1 },
    });
    const request = bank.received();
    expect(request).toMatch(/^POST \/v1\/authorizations HTTP\/1.1\r\n/);
    expect(request).toContain('x-instance-id: gw-1\r\n');
    expect(request).toContain('x-attempt-id: at_1\r\n');
    expect(request).toContain(`traceparent: ${traceparent}\r\n`);
    expect(request).toContain('"validUntil":5000');
    expect(request).toContain('"amountMinor":1000');
  });

  it('sends inquiries by GET without a body', async () => {
    const bank = await bankThat((socket) => socket.write(http(200, '{}')));
    const options = { attemptId: 'at_1', signal: new AbortController().signal, latestWriteAtMs: Infinity };
    await clientOf(bank.url).send('alder', inquire, options);
    expect(bank.received()).toMatch(/^GET \/v1\/operations\/op_1\?account=acct_1&chargeId=ch_1 HTTP\/1.1\r\n/);
    expect(bank.received()).not.toContain('content-type');
  });

  it('reuses its connections', async () => {
    const bank = await bankThat((socket) => socket.write(http(200, body)));
    const client = clientOf(bank.url);
    for (let n = 0; n < 20; n += 1) await send(client);
    // Up to two: undici frees the first only after it has delivered the response.
    expect(bank.connections()).toBeLessThanOrEqual(2);
  });

  it('opens a connection for each concurrent request', async () => {
    const arrived = Promise.withResolvers<void>();
    let requests = 0;
    const bank = await bankThat(() => {
      requests += 1;
      if (requests === 3) arrived.resolve();
    });
    const controller = new AbortController();
    const client = clientOf(bank.url);
    const facts = [1, 2, 3].map(() => send(client, { signal: controller.signal }));
    await arrived.promise;
    expect(bank.connections()).toBe(3);
    controller.abort();
    await Promise.all(facts);
  });

  it('does not pipeline behind an unanswered request, not even an inquiry', async () => {
    const arrived = Promise.withResolvers<void>();
    const bank = await bankThat(() => arrived.resolve());
    const client = clientOf(bank.url, 1);
    const controller = new AbortController();
    const options = { attemptId: 'at_1', signal: controller.signal, latestWriteAtMs: Infinity };
    const first = client.send('alder', inquire, options);
    await arrived.promise;
    const second = client.send('alder', inquire, options);
    await setImmediate();
    controller.abort();
    expect(await first).toMatchObject({ kind: 'no_response' });
    expect(await second).toMatchObject({ kind: 'not_written' });
  });

  it('returns a 503 with its body, unclassified', async () => {
    const error = '{"error":{"code":"not_processed","message":"busy"},"asOf":1,"now":1}';
    const bank = await bankThat((socket) => socket.write(http(503, error)));
    expect(await send(clientOf(bank.url))).toMatchObject({ kind: 'response', status: 503 });
  });

  it('reports `not_written` for a refused connection', async () => {
    expect(await send(clientOf(await deadUrl()))).toEqual({ kind: 'not_written', cause: 'connection_refused' });
  });

  it('reports `not_written` for a host name that does not resolve', async () => {
    const fact = await send(clientOf('http://bank.invalid:3011'));
    expect(fact).toEqual({ kind: 'not_written', cause: 'name_unresolved' });
  });

  it('goes by the bytes written, not by the error code: ECONNRESET before the first byte is not doubt', async () => {
    const reset = (socket: Socket): void => void socket.resetAndDestroy();
    const bank = await bankThat(() => {}, reset);
    // The TLS handshake comes first, so the connection breaks before the request is written.
    const fact = await send(clientOf(bank.url.replace('http:', 'https:')));
    expect(fact).toEqual({ kind: 'not_written', cause: 'connect_failed' });
  });

  it('reports `no_response` when the connection is reset after the request', async () => {
    const bank = await bankThat((socket) => socket.resetAndDestroy());
    expect(await send(clientOf(bank.url))).toEqual({ kind: 'no_response', cause: 'reset' });
  });

  it('reports `no_response` when the connection is closed after the request', async () => {
    const bank = await bankThat((socket) => socket.end());
    expect(await send(clientOf(bank.url))).toEqual({ kind: 'no_response', cause: 'reset' });
  });

  it('does not resend a request when a keep-alive connection breaks', async () => {
    let requests = 0;
    const bank = await bankThat((socket) => {
      requests += 1;
      if (requests === 1) socket.write(http(200, body));
      else socket.resetAndDestroy();
    });
    const client = clientOf(bank.url, 1);
    await send(client);
    expect(await send(client)).toEqual({ kind: 'no_response', cause: 'reset' });
    expect(requests).toBe(2);
  });

  it('reports a body that was cut off', async () => {
    const bank = await bankThat((socket) => socket.end(http(200, body.slice(0, 20), body.length)));
    expect(await send(clientOf(bank.url))).toEqual({ kind: 'broken_response', cause: 'cut' });
  });

  it.each([
    ['a body that is not JSON', http(200, '<html>')],
    ['an empty body', http(200, '')],
    ['a body without end', http(200, JSON.stringify('x'.repeat(5 * 1024 * 1024)))],
    ['something that is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('reports %s', async (_, text) => {
    const bank = await bankThat((socket) => socket.write(text));
    expect(await send(clientOf(bank.url))).toEqual({ kind: 'broken_response', cause: 'malformed' });
  });

  it('on time-out, closes the connection and reports that the request was written', async () => {
    const closed = Promise.withResolvers<void>();
    const controller = new AbortController();
    const bank = await bankThat((socket) => {
      socket.on('close', () => closed.resolve());
      controller.abort();
    });
    const fact = await send(clientOf(bank.url), { signal: controller.signal });
    expect(fact).toEqual({ kind: 'no_response', cause: 'timeout' });
    await closed.promise;
  });

  it('on time-out in the middle of a slow body, reports `no_response`', async () => {
    const controller = new AbortController();
    const bank = await bankThat((socket) => {
      socket.write(http(200, '{"sta', body.length), () => controller.abort());
    });
    const fact = await send(clientOf(bank.url), { signal: controller.signal });
    expect(fact).toEqual({ kind: 'no_response', cause: 'timeout' });
  });

  it('reports `not_written` on a time-out before there is a connection, and writes nothing later', async () => {
    const occupied = Promise.withResolvers<Socket>();
    let requests = 0;
    const bank = await bankThat((socket) => {
      requests += 1;
      if (requests === 1) occupied.resolve(socket);
      else socket.write(http(200, body));
    });
    const client = clientOf(bank.url, 1);
    const first = send(client);
    const socket = await occupied.promise;
    const controller = new AbortController();
    const second = send(client, { signal: controller.signal, attemptId: 'at_given_up' });
    controller.abort();
    expect(await second).toEqual({ kind: 'not_written', cause: 'connect_timeout' });
    // The connection is free again: the abandoned request must not be sent now.
    socket.write(http(200, body));
    await first;
    expect(await send(client, { attemptId: 'at_last' })).toMatchObject({ kind: 'response' });
    expect(bank.received()).toContain('at_last');
    expect(bank.received()).not.toContain('at_given_up');
  });

  it('writes nothing when its signal was aborted before the call', async () => {
    const bank = await bankThat((socket) => socket.write(http(200, body)));
    const client = clientOf(bank.url);
    expect(await send(client, { signal: AbortSignal.abort(), attemptId: 'at_late' })).toMatchObject({
      kind: 'not_written',
    });
    await send(client);
    expect(bank.received()).not.toContain('at_late');
  });

  it('writes nothing for an attempt that is too old when the connection is established', async () => {
    const bank = await bankThat((socket) => socket.write(http(200, body)));
    const client = clientOf(bank.url);
    const fact = await send(client, { latestWriteAtMs: clock.monotonicMs() - 1, attemptId: 'at_thawed' });
    expect(fact).toEqual({ kind: 'not_written', cause: 'too_late' });
    await send(client);
    expect(bank.received()).not.toContain('at_thawed');
  });
});
