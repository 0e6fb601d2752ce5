import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { limitClients } from '#http-door';
import { refusalAtLocalDoor } from '#local-door';
import { UnknownProcess } from './instances.js';
import { ProcessFailed } from './managed-process.js';
import type { Control, Runtime } from './runtime.js';

const commands: readonly (keyof Control)[] = ['kill', 'freeze', 'thaw', 'restart', 'stop', 'start'];

/**
 * The supervisor over HTTP, on loopback, for processes that can read the token's file (mode 0600).
 *
 *     GET  /processes
 *     POST /processes/:name/{kill,freeze,thaw,restart,stop,start}     kill?restart=true
 *     GET  /environment      what an operator's command needs: DATABASE_URL with the operators' login, KAFKA_BROKERS
 *     GET  /urls             where everything listens, the admin APIs above all
 *
 * A command is answered once it has taken effect, with the process's state.
 * `run/control-token` and `run/control-url` say how to reach it.
 */
export async function startControlServer(
  runtime: Pick<Runtime, 'control' | 'processes' | 'runDir' | 'operatorsUrl' | 'kafkaBrokers' | 'urls'>,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    answer(runtime, token, request).then(
      (body) => send(response, 200, body),
      (error: Error) => send(response, statusOf(error), { error: error.message }),
    );
  });
  limitClients(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
  const files = { token: join(runtime.runDir, 'control-token'), url: join(runtime.runDir, 'control-url') };
  await mkdir(runtime.runDir, { recursive: true, mode: 0o700 });
  await rm(files.token, { force: true }); // an existing file would keep its mode
  await writeFile(files.token, token, { mode: 0o600 });
  await writeFile(files.url, url, { mode: 0o600 });
  return {
    url,
    async close() {
      await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
      server.close();
      server.closeAllConnections();
    },
  };
}

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function answer(
  runtime: Pick<Runtime, 'control' | 'processes' | 'operatorsUrl' | 'kafkaBrokers' | 'urls'>,
  token: string,
  request: IncomingMessage,
): Promise<unknown> {
  const refusal = refusalAtLocalDoor(request.headers, []);
  if (refusal !== undefined) throw new Refused(403, refusal);
  if (!isAuthorized(request.headers.authorization, token)) {
    throw new Refused(401, 'send the token of run/control-token: Authorization: Bearer …');
  }
  const url = new URL(request.url ?? '/', 'http://control');
  const [collection, name, verb, ...rest] = url.pathname.slice(1).split('/');
  if (request.method === 'GET' && url.pathname === '/environment') {
    return { DATABASE_URL: runtime.operatorsUrl, KAFKA_BROKERS: runtime.kafkaBrokers };
  }
  if (request.method === 'GET' && url.pathname === '/urls') return runtime.urls;
  if (collection !== 'processes' || rest.length > 0) throw new Refused(404, `no ${url.pathname} here`);
  if (request.method === 'GET' && name === undefined) return runtime.processes();
  const command = commands.find((each) => each === verb);
  if (request.method !== 'POST' || name === undefined || command === undefined) {
    throw new Refused(404, `POST /processes/<name>/<command>, where the command is one of ${commands.join(', ')}`);
  }
  if (command === 'kill') return runtime.control.kill(name, { restart: url.searchParams.get('restart') === 'true' });
  return runtime.control[command](name);
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function statusOf(error: Error): number {
  if (error instanceof Refused) return error.status;
  if (error instanceof UnknownProcess) return 404;
  return error instanceof ProcessFailed ? 409 : 500;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`);
}
