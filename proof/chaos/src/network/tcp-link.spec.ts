import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { TcpLink } from './tcp-link.js';

let server: Server;
let link: TcpLink;
let heard: string;
const clients: Socket[] = [];

beforeEach(async () => {
  heard = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      socket.write(`<${bytes.toString()}>`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await TcpLink.open();
  link.target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await link.close();
  server.close();
});

async function dial(): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(link.port, '127.0.0.1');
  clients.push(socket);
  let said = '';
  socket.on('data', (bytes) => (said += bytes.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, said: () => said };
}

describe('a link', () => {
  it('forwards bytes in both directions', async () => {
    const { socket, said } = await dial();
    socket.write('a');
    await eventually('it is answered', () => said() === '<a>');
  });

  it('resets open connections and refuses new ones while it is cut, and works again afterwards', async () => {
    const { socket } = await dial();
    const closed = new Promise((resolve) => socket.once('close', resolve)); // events.once would reject on the reset
    await link.impose({ kind: 'cut' });
    await closed;
    await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await link.impose({ kind: 'open' });
    const { socket: again, said } = await dial();
    again.write('b');
    await eventually('it is answered', () => said() === '<b>');
  });

  it('delays both directions and keeps the order', async () => {
    await link.impose({ kind: 'delay', delayMs: 60 });
    const { socket, said } = await dial();
    const sentMs = performance.now();
    socket.write('1');
    socket.write('2');
    await eventually('it is answered', () => said().length >= 4);
    expect(performance.now() - sentMs).toBeGreaterThan(115);
    expect(heard).toBe('12');
  });

  it('holds requests, and delivers them late although the client has disconnected', async () => {
    const { socket, said } = await dial();
    await link.impose({ kind: 'one_way', held: 'requests' });
    socket.write('late');
    socket.destroy();
    await once(socket, 'close');
    expect([heard, said()]).toEqual(['', '']);
    await link.impose({ kind: 'open' });
    await eventually('it arrives', () => heard === 'late');
  });

  it('holds answers while requests arrive', async () => {
    const { socket, said } = await dial();
    await link.impose({ kind: 'one_way', held: 'answers' });
    socket.write('c');
    await eventually('the request arrives', () => heard === 'c');
    expect(said()).toBe('');
    await link.impose({ kind: 'open' });
    await eventually('the answer arrives', () => said() === '<c>');
  });
});
