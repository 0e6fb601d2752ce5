import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the kernels' ephemeral ranges, so that no outgoing connection takes a port between its choice and its use. */
const LOWEST = 15_000;
const HIGHEST = 30_000;
const handedOut = new Set<number>();

/** @returns distinct free ports of the loopback interface, never the same one twice in a process */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    ports.push(port);
  }
  return ports;
}

/** Whether the port is free on 127.0.0.1 and [::1], since `localhost` may resolve to either. */
export async function isFree(port: number): Promise<boolean> {
  return (await obstacleAt(port)) === undefined;
}

/** @returns why the port cannot be listened on, as the end of a sentence */
export async function obstacleAt(port: number): Promise<string | undefined> {
  const codes = [await refusalOf(port, '127.0.0.1'), await refusalOf(port, '::1')];
  if (codes[0] === 'EADDRINUSE') return 'is taken';
  // A client that connects to `localhost` would reach the other program.
  if (codes[1] === 'EADDRINUSE') return 'is taken on [::1]';
  if (codes[0] === 'EACCES') return 'is reserved for root';
  return codes[0] && `cannot be listened on (${codes[0]})`;
}

async function refusalOf(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
