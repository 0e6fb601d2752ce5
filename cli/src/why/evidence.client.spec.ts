import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { bankProtocol } from '#contracts';
import type { AdminDoors } from '../system/admin-doors.js';
import { gatherEvidence } from './evidence.client.js';

const asked: string[] = [];
const answers: Readonly<Record<string, object>> = {
  '/charges/ch_1': { authorization: { created_at: 1, updated_at: 2 }, operations: [{ bank: 'cedar', created_at: 1 }] },
  '/banks/cedar/journal/charges/ch_1': { records: [recordOf('ch_1')] },
};
const everybody = createServer(({ url }, reply) => {
  asked.push(url!);
  const answer = answers[url!];
  reply.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
});
let doors: AdminDoors;
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
  const { banks } = await gatherEvidence(doors, 'ch_1');
  expect(banks).toEqual({ kind: 'told', view: [{ ...recordOf('ch_1'), bank: 'cedar' }] });
  expect(asked.filter((path) => path.includes('journal'))).toEqual(['/banks/cedar/journal/charges/ch_1']);
  expect(new Set(asked).size).toBe(asked.length);
  // The rest is about every charge: what banks are configured is all that may be asked for beside this one.
  expect(asked.filter((path) => !path.includes('ch_1'))).toEqual(['/banks']);
});
