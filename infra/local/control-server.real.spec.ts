import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startControlServer } from './control-server.js';
import { startRuntime, type Runtime } from './runtime.js';
import { dummyService } from './dummy-service.js';

let folder: string;
let runtime: Runtime;
let control: Awaited<ReturnType<typeof startControlServer>>;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-control-'));
  runtime = await startRuntime({
    dataDir: folder,
    ports: 'free',
    services: [dummyService('ledger', 'ledgerAdmin')],
    databaseUrl: process.env.TEST_DATABASE_URL!,
    kafkaBrokers: process.env.TEST_KAFKA_BROKERS!,
  });
  control = await startControlServer(runtime, 0);
  token = await readFile(join(runtime.runDir, 'control-token'), 'utf8');
});

afterAll(async () => {
  await control.close();
  await runtime.stop();
  await rm(folder, { recursive: true });
});

async function call(method: string, path: string, bearer = token): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${control.url}${path}`, { method, headers: { authorization: `Bearer ${bearer}` } });
  return { status: response.status, body: await response.json() };
}

describe('the control API', () => {
  it('admits nobody without the token, which only its owner can read', async () => {
    expect(await call('GET', '/processes', 'guess')).toMatchObject({ status: 401 });
    expect(await call('POST', '/processes/ledger/kill', '')).toMatchObject({ status: 401 });
    expect((await stat(join(runtime.runDir, 'control-token'))).mode & 0o777).toBe(0o600);
    expect(runtime.processes()[0]!.state).toBe('ready');
  });

  it('admits no web page, even with the token', async () => {
    for (const headers of [{ host: 'rebound.example' }, { origin: 'http://evil.example' }]) {
      const url = `${control.url}/processes/ledger/kill`;
      const sent = request(url, { method: 'POST', headers: { authorization: `Bearer ${token}`, ...headers } }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(403);
    }
    expect(runtime.processes()[0]!.state).toBe('ready');
  });

  it('lists the processes', async () => {
    expect(await call('GET', '/processes')).toMatchObject({
      status: 200,
      body: [{ name: 'ledger', state: 'ready', pid: expect.any(Number), restarts: 0 }],
    });
  });

  it('tells an operator’s command where Postgres, Kafka and the admin APIs are', async () => {
    expect(await call('GET', '/environment')).toEqual({
      status: 200,
      body: { DATABASE_URL: runtime.operatorsUrl, KAFKA_BROKERS: runtime.kafkaBrokers },
    });
    expect(new URL(runtime.operatorsUrl).username).toBe('holdfast_operators');
    expect(await call('GET', '/urls')).toEqual({ status: 200, body: JSON.parse(JSON.stringify(runtime.urls)) });
    expect(await call('GET', '/environment', 'guess')).toMatchObject({ status: 401 });
  });

  it('answers each command with the state that it has led to', async () => {
    const states: [string, string][] = [
      ['freeze', 'frozen'],
      ['thaw', 'ready'],
      ['kill', 'killed'],
      ['start', 'ready'],
      ['kill?restart=true', 'ready'],
      ['restart', 'ready'],
      ['stop', 'stopped'],
      ['start', 'ready'],
    ];
    for (const [command, state] of states) {
      expect([command, await call('POST', `/processes/ledger/${command}`)]).toMatchObject([
        command,
        { status: 200, body: { name: 'ledger', state } },
      ]);
    }
  });

  it('says what there is when a process, a command or a path is unknown', async () => {
    expect(await call('POST', '/processes/ledgre/kill')).toEqual({
      status: 404,
      body: { error: 'no process ledgre; there are: ledger' },
    });
    expect(await call('POST', '/processes/ledger/explode')).toMatchObject({ status: 404 });
    expect(await call('GET', '/')).toMatchObject({ status: 404 });
  });

  it('refuses what makes no sense in the state that the process is in', async () => {
    expect(await call('POST', '/processes/ledger/thaw')).toEqual({
      status: 409,
      body: { error: 'ledger is ready, not frozen' },
    });
  });
});
