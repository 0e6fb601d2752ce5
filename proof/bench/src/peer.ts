import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../../infra/local/free-ports.js';
import { cacheFolder } from '../../../infra/local/repository.js';

const run = promisify(execFile);

/** Keeps charges in memory of one process: no database, no broker, no bank. */
export const PEER = {
  name: 'stripe-stateful-mock',
  version: '0.0.16',
  /** It answers 500 to other tokens of Stripe's. */
  cards: ['tok_visa', 'tok_mastercard', 'tok_amex'],
} as const;

const SERVE = `require(process.argv[1]).createExpressApp().listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))`;

export interface Peer {
  readonly url: string;
  stop(): void;
}

/** Starts the peer on loopback. The first time, npm fetches it into the cache, outside this project's lock file. */
export async function startPeer(): Promise<Peer> {
  const folder = join(cacheFolder, `${PEER.name}-${PEER.version}`);
  const isFetched = await stat(join(folder, 'node_modules', PEER.name)).catch(() => undefined);
  if (!isFetched) {
    await mkdir(folder, { recursive: true });
    const options = ['--prefix', folder, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...options, `${PEER.name}@${PEER.version}`]);
  }
  const entry = createRequire(join(folder, 'index.js')).resolve(PEER.name);
  const [port] = await freePorts(1);
  const server = spawn(process.execPath, ['--no-warnings', '-e', SERVE, entry, String(port)], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit').then(() => {
    throw new Error(`${PEER.name} ended before it was ready`);
  });
  await Promise.race([once(server.stdout, 'data'), ended]);
  ended.catch(() => undefined);
  server.stdout.resume();
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.kill() };
}
