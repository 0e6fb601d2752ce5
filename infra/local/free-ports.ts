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

/** Whether nothing listens on it, whichever address `localhost` comes to. */
export async function isFree(port: number): Promise<boolean> {
  return (await obstacleAt(port)) === undefined;
}

/** @returns why nobody can listen on the port here, as the end of a sentence */
export async function obstacleAt(port: number): Promise<string | undefined> {
  const codes = [await refusalOf(port, '127.0.0.1'), await refusalOf(port, '::1')];
  if (codes[0] === 'EADDRINUSE') return 'is taken';
  // What listens there would be reached by whoever says `localhost` and means us.
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
