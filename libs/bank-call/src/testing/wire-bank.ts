import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A listening socket that the test scripts byte by byte, without an HTTP library that would hide faults. */
export interface WireBank extends AsyncDisposable {
  url: string;
  /** All bytes received, over all connections. */
  received(): string;
  /** How many connections it has accepted. */
  connections(): number;
}

/**
 * @param onRequest called when a whole request has arrived
 * @param onConnection called on connect, before any byte
 */
export async function wireBank(
  onRequest: (socket: Socket) => void,
  onConnection: (socket: Socket) => void = () => {},
): Promise<WireBank> {
  let received = '';
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let request = '';
    onConnection(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      request += chunk.toString();
      if (!isWhole(request)) return;
      request = '';
      onRequest(socket);
    });
  });
  const url = await listen(server);
  return {
    url,
    received: () => received,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A URL without a listener. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

export function http(status: number, body: string, contentLength = Buffer.byteLength(body)): string {
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${contentLength}\r\n\r\n${body}`;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function isWhole(request: string): boolean {
  const headEnd = request.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0);
  return Buffer.byteLength(request) - headEnd - 4 >= length;
}
