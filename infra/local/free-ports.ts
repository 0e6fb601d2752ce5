import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the kernels' ephemeral ranges, so that no outgoing connection takes a port between its choice and its use. */
const LOWEST = 15_000;
const HIGHEST = 30_000;
const handedOut = new Set<number>();

/** @returns distinct ports of the loopback interface that nothing listens on, never the same twice in one process. */
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

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
