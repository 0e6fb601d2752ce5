import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { bankProtocol } from '#contracts';
import type { AdminDoors } from './admin-doors.js';
import { EvidenceClient } from './evidence.client.js';
import type { GatewayFacts } from './evidence.js';
import { gateway, operation } from './testing/given.js';

const asked: string[] = [];
const { view } = gateway('authorizing', [operation('authorize', [[20, 'begun']], null, { bank: 'cedar' })]) as {
  view: GatewayFacts;
};
const newer = { ...view, authorization: { ...view.authorization, riskScore: 7 }, disputes: [] };
const answers: Record<string, object> = {
  '/charges/ch_1': newer,
  '/banks/cedar/journal/charges/ch_1': { records: [recordOf('ch_1')] },
};
const everybody = createServer(({ url }, reply) => {
  asked.push(url!);
  const answer = answers[url!];
  reply.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
});
let doors: AdminDoors;
const gatherEvidence = (chargeId: string) => new EvidenceClient(doors, fetch).gather(chargeId);
beforeAll(async () => {
  await new Promise<void>((resolve) => everybody.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(everybody.address() as AddressInfo).port}`;
  doors = { payments: [`${url}/payments`], gateway: [url], ledger: [`${url}/ledger`], banks: [url] };
});
afterAll(() => new Promise((resolve) => everybody.close(resolve)));

function recordOf(chargeId: string): bankProtocol.JournalRecord {
  return { type: 'request', at: 1, operation: 'authorize', reference: `${chargeId}.authorize.cedar`, chargeId };
}

it('asks each service and bank once, for this charge alone', async () => {
  const { banks } = await gatherEvidence('ch_1');
  expect(banks).toEqual({ kind: 'told', view: [{ ...recordOf('ch_1'), bank: 'cedar' }] });
  expect(asked.filter((path) => path.includes('journal'))).toEqual(['/banks/cedar/journal/charges/ch_1']);
  expect(new Set(asked).size).toBe(asked.length);
  // The rest is about every charge: what banks are configured is all that may be asked for beside this one.
  expect(asked.filter((path) => !path.includes('ch_1'))).toEqual(['/banks']);
});

it('reads the answer of a newer service, and passes over the fields that it does not know', async () => {
  const { gateway: asked, unreadable } = await gatherEvidence('ch_1');
  expect(asked).toEqual({ kind: 'told', view: { ...view, banks: [] } });
  expect(unreadable).toEqual([]);
});

it('says in one sentence which field of an answer does not fit', async () => {
  answers['/charges/ch_2'] = { ...newer, operations: [{ ...view.operations[0], phase: 'paused' }] };
  answers['/banks'] = [{ name: 'cedar' }];
  const { gateway: asked, unreadable } = await gatherEvidence('ch_2');
  expect(asked).toEqual({
    kind: 'unreadable',
    because: '/charges/ch_2 operations 0 phase: Invalid option: expected one of "open"|"reversing"|"ended"',
  });
  expect(unreadable).toEqual([
    expect.stringMatching(/^An answer cannot be read by this command: \/banks 0 networks: /),
  ]);
});
