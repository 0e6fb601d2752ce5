import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { openLoop } from './open-loop.js';

it('sends at its rate although no answer has come, and measures from the instant at which a charge was due', async () => {
  const ANSWER_AFTER_MS = 400;
  const startedMs = performance.now();
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{"id":"ch_1","status":"succeeded"}'), ANSWER_AFTER_MS);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answers = await openLoop([url], { perSecond: 100, forMs: 300 });
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 30 }, () => 'succeeded'));
    expect(answers.at(-1)!.dueMs - answers[0]!.dueMs).toBeCloseTo(290);
    expect(answers[0]!.dueMs).toBeGreaterThan(startedMs);
    expect(Math.min(...answers.map(({ tookMs }) => tookMs))).toBeGreaterThanOrEqual(ANSWER_AFTER_MS);
  } finally {
    server.close();
  }
});
