import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { SystemClock } from '#clock';
import { bankProtocol } from '#contracts';
import { FakeClock } from '#testing';
import { createBankSimulator } from './bank-simulator.module.js';
import { authorization, localSettings, SimulatorUnderTest } from './faults/simulator-under-test.js';

const clock = new SystemClock();
let simulator: SimulatorUnderTest;
beforeAll(async () => void (simulator = await SimulatorUnderTest.start()));
afterAll(() => simulator.stop());

const visa = (options: Partial<bankProtocol.AuthorizeRequest> = {}) => authorization(clock.now(), options);

describe('a bank over HTTP', () => {
  it('processes all calls of a charge', async () => {
    const request = visa();
    const { instrument: _, ...movement } = request;
    const id = async (answer: ReturnType<typeof simulator.ask>): Promise<string> =>
      String((await answer).body['bankId']);
    const authorizationId = await id(simulator.ask('alder', request));
    const captureId = await id(
      simulator.ask('alder', { ...movement, kind: 'capture', reference: 'cap_1', authorizationId }),
    );
    await simulator.ask('alder', { ...movement, kind: 'refund', reference: 'ref_1', captureId, amountMinor: 300 });
    const { body } = await simulator.ask('alder', { ...movement, kind: 'void', reference: 'void_1', authorizationId });
    expect(body).toMatchObject({ state: 'refused', code: 'authorization_captured' });
    await simulator.ask('alder', { ...movement, kind: 'reverse', reference: 'rev_1', target: { reference: 'ref_1' } });

    const statement = await simulator.ask('alder', { kind: 'statement', after: 0, limit: 1000 });
    expect(bankProtocol.statementAnswerSchema.parse(statement.body)).toMatchObject({
      entries: [{ kind: 'authorization' }, { kind: 'capture' }, { kind: 'refund' }, { kind: 'reversal' }],
      watermark: 4,
    });
    expect(bankProtocol.totalsSchema.parse((await simulator.admin('GET', '/banks/alder/totals')).body)).toMatchObject({
      currencies: { usd: { authorized: 1000, captured: 1000, refunded: 300, reversed: 300, held: 0, net: 1000 } },
    });
  });

  it.each([
    ['POST', '/v1/authorizations', '{', 400],
    ['POST', '/v1/authorizations', '{}', 400],
    ['GET', '/v1/operations/a%20b?account=a&chargeId=c', undefined, 400],
    ['GET', '/v1/statements?after=-1', undefined, 400],
    ['GET', '/v1/nothing', undefined, 404],
    ['DELETE', '/v1/authorizations', undefined, 404],
    ['POST', '//', '{}', 404],
  ])('answers %s %s (%s) with %i and the bank’s time', async (method, path, body, status) => {
    const response = await fetch(`${simulator.urls.alder}${path}`, { method, ...(body && { body }) });
    expect(response.status).toBe(status);
    expect(bankProtocol.bankErrorSchema.parse(await response.json()).error.code).toBe('invalid_request');
  });

  it('never stores a card number', async () => {
    const number = '4242424242424242';
    const request = visa({ reference: 'op_pan' });
    const body = JSON.stringify({ ...request, number, instrument: { ...request.instrument, number } });
    await fetch(`${simulator.urls.alder}/v1/authorizations`, { method: 'POST', body });
    const journal = await readFile(join(simulator.dataDir, 'alder.jsonl'), 'utf8');
    expect(journal).toContain('op_pan');
    expect(journal).not.toContain(number);
  });

  it('restores its state from the journal after a restart', async () => {
    const request = visa();
    const before = await simulator.ask('alder', request);
    await simulator.restart();
    const after = await simulator.ask('alder', request);
    expect(after.body['bankId']).toBe(before.body['bankId']);
  });

  it('has a clock that never goes back, also over a restart', async () => {
    const wall = new FakeClock();
    const faked = await SimulatorUnderTest.start(wall);
    try {
      const now = async () => Number((await faked.ask('alder', authorization(wall.now()))).body['now']);
      const first = await now();
      wall.stepWall(-10_000);
      expect(await now()).toBe(first);
      await faked.restart();
      expect(await now()).toBe(first);
      wall.stepWall(10_001);
      expect(await now()).toBe(first + 1);
    } finally {
      await faked.stop();
    }
  });
});

describe('the admin API', () => {
  it('lists the banks with their guarantees and URLs', async () => {
    const { body } = await simulator.admin('GET', '/banks');
    expect(body).toHaveLength(bankProtocol.bankNames.length);
    expect(body).toMatchObject({ 2: { name: 'cedar', idempotent: false, url: simulator.urls.cedar } });
  });

  it('reports liveness and readiness', async () => {
    expect((await simulator.admin('GET', '/health/live')).status).toBe(200);
    expect((await simulator.admin('GET', '/health/ready')).status).toBe(200);
  });

  it('sets, shows and removes fault rules', async () => {
    const rule = await simulator.fault({ fault: 'hang', scope: { charge: 'none' }, probability: 0.5, seed: 3 });
    expect((await simulator.admin('GET', '/faults')).body).toEqual([rule]);
    expect((await simulator.admin('DELETE', `/faults/${rule.id}`)).status).toBe(204);
    expect((await simulator.admin('DELETE', `/faults/${rule.id}`)).status).toBe(404);
  });

  it('accepts a rule with the content type of curl -d, and rejects a body that is not JSON', async () => {
    const rule = await simulator.admin('POST', '/faults', '{"fault":"hang","scope":{"charge":"none"}}');
    expect(rule).toMatchObject({ status: 201, body: { fault: 'hang' } });
    await simulator.admin('DELETE', '/faults');
    const broken = await simulator.admin('POST', '/faults', 'fault=hang');
    expect(broken).toMatchObject({ status: 400, body: { message: 'the body is not JSON' } });
  });

  it('rejects an invalid rule with the reason', async () => {
    const { status, body } = await simulator.admin('POST', '/faults', { fault: 'explode' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ message: expect.stringContaining('fault') });
  });

  it('shows the records of one charge, including refusals and fences', async () => {
    const amex = (reference: string, chargeId: string) => visa({ reference, chargeId, instrument: lostAmex });
    const lostAmex = { ...visa().instrument, brand: 'amex', behavior: 'lost_card' } as const;
    await simulator.ask('cedar', amex('op_declined', 'ch_shown'));
    await simulator.ask('cedar', amex('op_of_another', 'ch_other'));
    const reversal = {
      ...amex('op_reversal', 'ch_shown'),
      kind: 'reverse',
      target: { reference: 'op_unseen' },
    } as const;
    await simulator.ask('cedar', reversal);
    const { body } = await simulator.admin('GET', '/banks/cedar/journal/charges/ch_shown');
    expect(body).toEqual({
      records: [
        expect.objectContaining({ type: 'request', reference: 'op_declined' }),
        expect.objectContaining({ type: 'refusal', code: 'lost_card' }),
        expect.objectContaining({ type: 'request', operation: 'reverse' }),
        expect.objectContaining({ type: 'fence', reference: 'op_unseen' }),
      ],
    });
    expect(await simulator.admin('GET', '/banks/cedar/journal/charges/ch_none')).toMatchObject({
      body: { records: [] },
    });
  });

  it('answers 404 for an unknown bank', async () => {
    expect((await simulator.admin('GET', '/banks/elm/totals')).status).toBe(404);
    expect((await simulator.admin('GET', '/banks/alder/journal?after=x')).status).toBe(400);
  });
});

describe('stopping', () => {
  it('answers every performed request', async () => {
    const requests = Array.from({ length: 50 }, () => visa());
    const answers = requests.map((request) => simulator.ask('alder', request).catch(() => undefined));
    await answers[0];
    await simulator.restart();
    const approved = (await Promise.all(answers)).filter((answer) => answer?.body['state'] === 'approved');
    const references = new Set(requests.map(({ reference }) => reference));
    const entries = (await simulator.entries('alder')).filter(({ reference }) => references.has(reference));
    expect(approved).toHaveLength(entries.length);
  });

  it('does not wait for incomplete requests', async () => {
    const sockets = [simulator.urls.alder, simulator.adminUrl].map((url) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => undefined); // it is cut off
      socket.write('POST /faults HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf');
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await simulator.admin('GET', '/health');
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    await simulator.restart();
    expect(await closed).toHaveLength(sockets.length);
  });
});

describe('starting', () => {
  it('fails with a taken port, touches no journal, and releases every other port', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as AddressInfo;
    const start = (dogwood: number) =>
      createBankSimulator({
        settings: {
          ...localSettings,
          ports: { ...localSettings.ports, dogwood },
          dataDir: join(simulator.dataDir, 'second'),
        },
        clock,
        logger: pino(),
      });
    await expect(start(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(readFile(join(simulator.dataDir, 'second', 'alder.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
    await new Promise((resolve) => squatter.close(resolve));
    await (await start(port)).close();
  });
});
