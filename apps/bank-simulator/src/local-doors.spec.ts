import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import { notEmpty } from '#testing';
import { authorization, SimulatorUnderTest } from './faults/simulator-under-test.js';

let simulator: SimulatorUnderTest;
beforeAll(async () => void (simulator = await SimulatorUnderTest.start()));
afterAll(() => simulator.stop());

/** By node:http, since fetch sets some of these headers itself. */
async function send(
  url: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: unknown; headers?: Record<string, string> },
): Promise<{ status: number; body: string }> {
  const sent = httpRequest(url, { method, headers: { 'content-type': 'text/plain', ...headers } });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, body: await text(response) };
}

const fromAPage = [
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { host: 'rebound.example' },
];

describe('the doors of the banks', () => {
  it.each(fromAPage)('set no fault for a web page that sends %j', async (headers) => {
    const fault = { scope: { bank: 'alder' }, fault: 'outage' };
    const refused = await send(`${simulator.adminUrl}/faults`, { method: 'POST', body: fault, headers });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body)).toEqual({ error: expect.stringMatching(/^This door /) });
    expect((await simulator.admin('GET', '/faults')).body).toEqual([]);
  });

  it.each(fromAPage)('show nothing to a web page that sends %j', async (headers) => {
    for (const path of ['/faults', '/banks/alder/journal', '/health/ready', '/nothing']) {
      expect((await send(`${simulator.adminUrl}${path}`, { headers })).status).toBe(403);
    }
  });

  it.each(fromAPage)('move no money for a web page that sends %j', async (headers) => {
    const { method, path, body } = bankProtocol.wireOf(authorization(new SystemClock().now()));
    for (const url of notEmpty(Object.values(simulator.urls))) {
      expect((await send(`${url}${path}`, { method, body, headers })).status).toBe(403);
    }
    expect(await simulator.journal('alder')).toEqual([]);
  });

  it.each(['99999999999999999999', '1e9', '-1', '', 'x', '1&after=2'])(
    'have no page of a journal after %s',
    async (after) => {
      const { status, body } = await simulator.admin('GET', `/banks/alder/journal?after=${after}`);
      expect([status, body]).toEqual([400, expect.objectContaining({ message: expect.stringMatching(/^after: /) })]);
    },
  );

  it('answer to curl, by name, by address and by an allowed name', async () => {
    const { port } = new URL(simulator.adminUrl);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `bank-simulator:${port}`]) {
      expect((await send(`${simulator.adminUrl}/faults`, { headers: { host } })).status).toBe(200);
    }
  });
});
