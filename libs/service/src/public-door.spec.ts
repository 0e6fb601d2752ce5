import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeClock } from '#testing';
import { PublicDoorClosing } from './public-door.js';

let server: Server;
let clock: FakeClock;
let door: PublicDoorClosing;
let agent: Agent;
let port: number;
const held: ServerResponse[] = [];

beforeEach(async () => {
  held.length = 0;
  server = createServer((_request, response) => void held.push(response));
  clock = new FakeClock();
  door = new PublicDoorClosing(server, clock);
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  agent.destroy();
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
async function answerNext(): Promise<void> {
  await eventually('a request is there', () => held.length > 0);
  held.shift()!.end('done');
}

describe('the public door of a service that ends', () => {
  it('answers who waits, tells them that the connection ends, and lets nobody in', async () => {
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

  it('serves a request that comes over a kept connection, and tells its client', async () => {
    const first = ask();
    await answerNext();
    expect((await first).headers.connection).toBe('keep-alive');
    const letGo = door.letGo();
    const second = ask();
    await answerNext();
    expect((await second).headers.connection).toBe('close');
    await letGo;
  });

  it('closes a connection that stays idle after a second, and leaves a slow request after four', async () => {
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
    const answered = door.answered();
    await answerNext();
    await slow;
    await answered;
    other.destroy();
  });
});
