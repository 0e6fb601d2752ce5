import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import type { views } from '#contracts';
import { SpansClient } from './spans.client.js';

const span: views.SpanView = {
  traceId: 't1',
  spanId: 's1',
  parentSpanId: null,
  service: 'payments-api',
  instance: 'payments-api',
  name: 'POST /v1/charges',
  kind: 'server',
  startedAt: 1_000.5,
  durationMs: 91.25,
  error: null,
  attributes: { 'http.response.status_code': 200 },
};

it('asks every instance, and names those that do not answer', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.setHeader('content-type', 'application/json').end(JSON.stringify([span]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const found = await new SpansClient([url, 'http://127.0.0.1:1'], (each) => fetch(each)).ofCharge('ch_1');
  server.close();
  expect(asked).toEqual(['/charges/ch_1/spans']);
  expect(found.spans).toEqual([span]);
  expect(found.missing).toEqual([{ url: 'http://127.0.0.1:1', because: expect.any(String) }]);
});
