import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeClock } from '#testing';
import { HttpDoor } from './http-door.js';

let server: Server;
let clock: FakeClock;
let door: HttpDoor;
let stalled: number;
let refused: number[];
let sockets: Socket[];
let agent: Agent;
let port: number;
const held: ServerResponse[] = [];

beforeEach(async () => {
  held.length = 0;
  stalled = 0;
  refused = [];
  sockets = [];
  server = createServer((request, response) => {
    request.on('error', () => undefined); // it was cut off
    request.resume();
    held.push(response);
  });
  clock = new FakeClock();
  door = new HttpDoor(server, clock, {
    limits: { headersMs: 150, requestMs: 300, stallMs: 200, checkEveryMs: 20 },
    render: (status, { method = '?' }) => ({ headers: { 'x-request': method }, body: `refused with ${status}` }),
    onStalled: () => stalled++,
    onRefused: (status) => refused.push(status),
  });
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  agent.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
  server.closeAllConnections();
});

function ask(over = agent): Promise<IncomingMessage> {
  const sent = request({ port, host: '127.0.0.1', agent: over });
  sent.end();
  return new Promise((resolve, reject) => {
    sent.once('response', (response) => {
      response.resume();
      response.once('end', () => resolve(response));
    });
    sent.once('error', reject);
  });
}

/** Sends text on a raw connection. `received` resolves with the response once it is closed. */
function send(text: string): { socket: Socket; received: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined); // it was cut off
  socket.write(text);
  return { socket, received: once(socket, 'close').then(() => received) };
}
const answers = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);
const halfSent = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf';

async function answerNext(): Promise<void> {
  await eventually('a request is there', () => held.length > 0);
  held.shift()!.end('done');
}

describe('a closing server', () => {
  it('answers waiting requests with `connection: close`, and accepts no new connection', async () => {
    const waiting = ask();
    await eventually('it waits', () => held.length === 1);
    let gone = false;
    const letGo = door.letGo().then(() => (gone = true));
    const late = request({ port, host: '127.0.0.1', agent: false });
    late.end();
    expect(await once(late, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
    expect(gone).toBe(false);
    await answerNext();
    expect((await waiting).headers.connection).toBe('close');
    await letGo;
  });

  it('serves a request on a keep-alive connection, with `connection: close`', async () => {
    const first = ask();
    await answerNext();
    expect((await first).headers.connection).toBe('keep-alive');
    const letGo = door.letGo();
    const second = ask();
    await answerNext();
    expect((await second).headers.connection).toBe('close');
    await letGo;
  });

  it('closes an idle connection after a second, and abandons a slow request after four', async () => {
    const idle = ask();
    await answerNext();
    await idle;
    const other = new Agent({ keepAlive: true });
    const slow = ask(other);
    await eventually('it waits', () => held.length === 1);
    const letGo = door.letGo();
    await clock.advance(1_000);
    await clock.advance(3_000);
    await letGo;
    const ended = door.end();
    await answerNext();
    await slow;
    await ended;
    other.destroy();
  });

  it('drops incomplete requests, and keeps one in progress', async () => {
    const body = send(halfSent);
    const headers = send('POST / HTTP/1.1\r\nhos');
    const whole = ask();
    await eventually('both requests are there', () => held.length === 2);
    const letGo = door.letGo();
    await clock.advance(1_000);
    expect(answers(await body.received)).toEqual(['503']);
    expect(answers(await headers.received)).toEqual(['503']);
    await eventually('the half request is gone', () => held.some((response) => response.destroyed));
    held.find((response) => !response.destroyed)!.end('done');
    expect((await whole).statusCode).toBe(200);
    await letGo;
    expect(server.listening).toBe(false);
  });

  it('waits for no pipelined request whose connection is gone', async () => {
    const { socket } = send('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(3));
    await eventually('the requests are there', () => held.length === 3);
    socket.destroy();
    await eventually('the connection is gone', () => held[0]!.destroyed);
    await door.letGo();
    await door.end();
  });

  it('finally resets clients that do not read', async () => {
    const { socket, received } = send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.pause();
    await eventually('a request is there', () => held.length === 1);
    held[0]!.end(Buffer.alloc(20_000_000));
    const letGo = door.letGo();
    await clock.advance(4_000);
    await letGo;
    const ended = door.end();
    await clock.advance(1_000);
    await ended;
    socket.resume();
    expect((await received).length).toBeLessThan(20_000_000);
  });
});

describe('a client that stalls', () => {
  it.each([
    ['its headers', 'GET / HTTP/1.1\r\nhos'],
    ['its body', halfSent],
    ['a chunked body', 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal'],
    ['anything at all', ''],
  ])('with %s gets 408', async (_what, text) => {
    const { received } = send(text);
    expect(await received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n.*\r\n\r\nrefused with 408$/s);
    expect(refused).toEqual([408]);
  });

  it('that sends single bytes slowly gets 408 too', async () => {
    const { socket, received } = send(halfSent.replace('10', '1000'));
    const trickle = setInterval(() => socket.write('x'), 20);
    expect(answers(await received)).toEqual(['408']);
    clearInterval(trickle);
  });

  it('that does not read the response is dropped and counted', async () => {
    const { socket } = send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.pause();
    await eventually('a request is there', () => held.length === 1);
    held[0]!.end(Buffer.alloc(20_000_000));
    await eventually('it is dropped', () => stalled === 1, { timeoutMs: 30_000 });
    await eventually('its answer is given up', () => held[0]!.destroyed);
  });

  it('is not one whose server was frozen for longer than a stall', async () => {
    const { socket, received } = send('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    await eventually('a request is there', () => held.length === 1);
    held[0]!.end(Buffer.alloc(20_000_000, 'x'));
    socket.pause();
    for (let freeze = 0; freeze < 5; freeze++) {
      const untilMs = performance.now() + 250;
      while (performance.now() < untilMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    expect([(await received).length > 20_000_000, stalled]).toEqual([true, 0]);
  });

  it('is not one that waits for a response, or reads it slowly', async () => {
    const { socket, received } = send('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    await eventually('a request is there', () => held.length === 1);
    await new Promise((resolve) => server.once('timeout', resolve));
    held[0]!.end(Buffer.alloc(20_000_000, 'x'));
    const pace = setInterval(() => (socket.isPaused() ? socket.resume() : socket.pause()), 10);
    const text = await received;
    clearInterval(pace);
    expect([text.length > 20_000_000, stalled]).toEqual([true, 0]);
  });
});

describe('input that is no request', () => {
  it.each([
    ['garbage', 'rubbish\r\n\r\n', '400'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx', '400'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['a broken chunk', 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', '400'],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(100_000)}`, '431'],
    ['a tunnel', 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n', '404'],
    ['an expectation', 'POST / HTTP/1.1\r\nhost: a\r\nexpect: miracle\r\nconnection: close\r\n\r\n', '417'],
  ])('gets the service’s error body: %s', async (_what, text, status) => {
    const { received } = send(text);
    expect([answers(await received), await received]).toEqual([
      [status],
      expect.stringContaining(`refused with ${status}`),
    ]);
  });

  it('neither loses the response to an earlier request, nor replaces it', async () => {
    const { received } = send('GET / HTTP/1.1\r\nhost: a\r\n\r\nrubbish\r\n\r\n');
    await answerNext();
    expect(answers(await received)).toEqual(['200']);
  });

  it('is not answered twice when its headers were answered early', async () => {
    const { received } = send(halfSent);
    await answerNext();
    expect(answers(await received)).toEqual(['200']);
  });

  it('may be an upgrade, which is ignored', async () => {
    const { received } = send('GET / HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade, close\r\n\r\n');
    await answerNext();
    expect(answers(await received)).toEqual(['200']);
  });
});
