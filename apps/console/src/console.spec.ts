import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { SystemClock } from '#clock';
import { createConsole, type RunningConsole } from './console.module.js';
import { settingsFrom } from './settings.js';

/** Answers as supervisor, operators' ports and banks, and keeps what it was asked. */
const asked: string[] = [];
const answers: Record<string, unknown> = {
  'GET /balances': { currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }], kinds: [] },
  'GET /trial-balance': { balanced: true, currencies: [], miscounted: [] },
  'GET /books': { banks: [], statements: [], differences: [] },
  'GET /key-audit': { charges: 3, shared: [] },
  'GET /banks': [],
  'GET /faults': [],
  'GET /processes': [{ name: 'ledger', state: 'ready', pid: 7, restarts: 0, logFile: '/secret' }],
  'POST /processes/ledger/kill': { name: 'ledger', state: 'killed' },
  'POST /faults': { id: 'rule_1' },
  'DELETE /faults': {},
};
let others: Server;
let folder: string;
let console: RunningConsole;

beforeAll(async () => {
  others = createServer((request, response) => {
    const door = `${request.method} ${request.url}`;
    asked.push(door);
    if (request.url === '/metrics') return response.end('consumer_lag 4\n');
    const answer = answers[door];
    return response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? { error: `no ${door}` }));
  });
  await new Promise<void>((resolve) => others.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(others.address() as AddressInfo).port}`;
  answers['GET /urls'] = {
    api: url,
    admin: { 'payments-api': url, 'bank-gateway': url, ledger: url },
    banksAdmin: url,
  };
  folder = await mkdtemp(join(tmpdir(), 'console-'));
  await writeFile(join(folder, 'control-url'), url);
  await writeFile(join(folder, 'control-token'), 'of the supervisor');
  const settings = settingsFrom({
    CONSOLE_PORT: '0',
    CONSOLE_TOKEN: 'a-token-for-this-test',
    SUPERVISOR_RUN_DIR: folder,
    LOG_LEVEL: 'silent',
  });
  console = await createConsole({ clock: new SystemClock(), logger: pino(), settings });
});
afterAll(async () => {
  await console?.close();
  await new Promise((resolve) => others.close(resolve));
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => void (asked.length = 0));

const token = { authorization: 'Bearer a-token-for-this-test' };
const send = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
  fetch(console.url + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

describe('the console’s door', () => {
  it.each([
    ['POST', '/api/processes/ledger/kill'],
    ['POST', '/api/presets/one-bank-dies'],
    ['POST', '/api/faults'],
    ['DELETE', '/api/faults'],
  ])('does nothing without the token: %s %s', async (method, path) => {
    const responses = await Promise.all([send(method, path), send(method, path, { authorization: 'Bearer wrong' })]);
    expect(responses.map(({ status }) => status)).toEqual([401, 401]);
    expect(asked).toEqual([]);
  });

  it.each([{ origin: 'http://evil.example' }, { origin: 'http://localhost:8080' }, { 'sec-fetch-site': 'cross-site' }])(
    'refuses what a foreign page can send, with the token too: %j',
    async (headers: Record<string, string>) => {
      expect((await send('POST', '/api/processes/ledger/kill', { ...token, ...headers })).status).toBe(403);
      expect((await send('GET', '/api/stream', headers)).status).toBe(403);
      expect(asked).toEqual([]);
    },
  );

  it('passes on a command to the supervisor, and its refusal', async () => {
    const killed = await send('POST', '/api/processes/ledger/kill', token);
    expect([killed.status, await killed.json()]).toEqual([200, { name: 'ledger', state: 'killed' }]);
    const refused = await send('POST', '/api/processes/ledgre/kill', token);
    expect([refused.status, await refused.json()]).toMatchObject([404, { message: 'no POST /processes/ledgre/kill' }]);
    expect((await send('POST', '/api/processes/ledger/explode', token)).status).toBe(400);
  });

  it('sets a preset in place of what stood, and refuses a fault that the banks do not know', async () => {
    expect((await send('POST', '/api/presets/one-bank-dies', token)).status).toBe(204);
    expect(asked.filter((door) => door.endsWith('/faults'))).toEqual(['DELETE /faults', 'POST /faults']);
    expect((await send('POST', '/api/faults', token, { fault: 'explode' })).status).toBe(400);
  });

  it('tells a page whether it may act', async () => {
    const told = await Promise.all([send('GET', '/api/access'), send('GET', '/api/access', token)]);
    expect(await Promise.all(told.map((each) => each.json()))).toEqual([{ mayAct: false }, { mayAct: true }]);
  });
});

describe('the link with the token', () => {
  it('can be opened though the console listens everywhere, and is the supervisor’s to print where there is one', async () => {
    const settings = settingsFrom({
      CONSOLE_HOST: '0.0.0.0',
      CONSOLE_PORT: '0',
      CONSOLE_TOKEN: 'a-token-for-this-test',
    });
    const container = await createConsole({ clock: new SystemClock(), logger: pino({ level: 'silent' }), settings });
    expect(container.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=a-token-for-this-test$/);
    expect(console.link).toBeUndefined();
    await container.close();
  });
});

describe('the stream', () => {
  it('tells a second’s numbers, lights and processes', async () => {
    const abort = new AbortController();
    const response = await fetch(`${console.url}/api/stream`, { signal: abort.signal });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('"state":"holds","text":"one charge per key')) break;
    }
    abort.abort();
    const seconds = text.split('\n').filter((line) => line.startsWith('data: {'));
    const { snapshot } = JSON.parse(seconds.at(-1)!.slice('data: '.length)) as { snapshot: Record<string, unknown> };
    expect(snapshot).toMatchObject({
      flow: { consumerLag: 4 },
      supervised: true,
      processes: [{ name: 'ledger', state: 'ready', pid: 7, restarts: 0 }],
    });
    expect(text).not.toContain('/secret');
  });
});
