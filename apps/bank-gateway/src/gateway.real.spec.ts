import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SystemClock } from '#clock';
import { ledger, payments, topics, topicsFrom, views, type CloudEvent, type NewEvent } from '#contracts';
import { KafkaJsBus } from '#messaging';
import { AdminServer, createService, Shutdown, startService, withFrameTables, type NestService } from '#service';
import { createLog } from '#telemetry';
import { eventually, provisionForTests } from '#testing';
import { terms } from '../test/authorization-under-test.js';
import { gatewayDatabase } from './gateway-database.js';
import { GatewayModule } from './gateway.module.js';

const clock = new SystemClock();
const chargeId = `ch_${process.pid}${clock.now()}`;
const { account, amount } = terms;

/** A bank that approves everything. */
function agreeable(): Server {
  const states = { authorizations: 'approved', captures: 'captured', voids: 'voided', refunds: 'refunded' };
  return createServer((request, response) => {
    const path = request.url!.split('?')[0]!.split('/');
    const state = states[path.at(-1) as keyof typeof states];
    const time = { asOf: clock.now(), now: clock.now() };
    const answer = state
      ? { state, bankId: `${state}_1` }
      : { state: 'statement', entries: [], watermark: 0, more: false };
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...answer, ...time }));
    });
  });
}

describe('the gateway as a whole, on a real Kafka, a real Postgres and HTTP', () => {
  const environment = { ...process.env };
  const bus = new KafkaJsBus({ brokers: [process.env['TEST_KAFKA_BROKERS']!], clock });
  const bank = agreeable();
  const said: CloudEvent[] = [];
  let service: NestService;

  beforeAll(async () => {
    await new Promise<void>((resolve) => bank.listen(0, '127.0.0.1', resolve));
    const { port } = bank.address() as AddressInfo;
    Object.assign(process.env, {
      DATABASE_URL: (await provisionForTests(withFrameTables(gatewayDatabase))).url,
      KAFKA_BROKERS: process.env['TEST_KAFKA_BROKERS'],
      ADMIN_PORT: '0',
      LOG_LEVEL: 'silent',
      BANKS: JSON.stringify({ alder: `http://127.0.0.1:${port}` }),
    });
    // Include the dead-letter topic: events of other suites on the same broker may be parked here.
    await bus.ensureTopics([...topics, 'bank-gateway.dlq'], 4);
    await bus.consume({
      group: `test-${chargeId}`,
      topics: topicsFrom('bank'),
      onBatch: async (deliveries) => void said.push(...deliveries.map(({ event }) => event)),
    });
    service = await createService(GatewayModule, {
      log: createLog({ service: 'bank-gateway', instance: 'test', level: 'silent' }),
    });
    await startService(service);
  }, 60_000);
  afterAll(async () => {
    await bus.close();
    bank.closeAllConnections();
    bank.close();
    process.env = environment;
  });

  const say = (source: string, event: NewEvent) => bus.publish([{ ...event, source, time: clock.now() }]);
  const heard = (type: string, of = chargeId) =>
    eventually(`the gateway said ${type}`, () => said.find((event) => event.key === of && event.type === type), {
      timeoutMs: 20_000,
    });

  /** The answer of a door, which has the fields of its view and no other. */
  async function read<View>(path: string, schema: z.ZodType<View>): Promise<View> {
    const answer: unknown = await (await fetch(service.get(AdminServer).url + path)).json();
    const view = schema.parse(answer);
    expect(view).toEqual(answer);
    return view;
  }

  it('voids a canceled authorization, and never captures it', async () => {
    const about = { chargeId: `${chargeId}c`, account };
    await say('payments-api', payments.chargeRequested({ ...terms, ...about, capture: 'manual' }));
    await heard('bank.authorization_approved.v1', about.chargeId);
    await say('payments-api', payments.cancellationRequested({ ...about, cause: 'canceled' }));
    expect((await heard('bank.authorization_voided.v1', about.chargeId)).data).toMatchObject({ cause: 'canceled' });
  }, 60_000);

  it('authorizes a requested charge, captures a held one, refunds a reserved refund, and shuts down in order', async () => {
    await say('payments-api', payments.chargeRequested({ ...terms, chargeId }));
    const approved = await heard('bank.authorization_approved.v1');
    expect(approved.data).toMatchObject({ account, amount, bank: 'alder', bankAuthorizationId: 'approved_1' });
    await say('ledger', ledger.holdPlaced({ chargeId, account, amount, capture: 'automatic' }));
    const captured = await heard('bank.capture_succeeded.v1');
    expect(captured).toMatchObject({ source: 'bank-gateway', data: { bankCaptureId: 'captured_1', amount } });
    const refund = { refundId: `re_${process.pid}`, chargeId, account, amount: { ...amount, amountMinor: 400 } };
    await say('ledger', ledger.refundReserved(refund));
    expect((await heard('bank.refund_succeeded.v1')).data).toEqual({
      ...refund,
      bank: 'alder',
      bankRefundId: 'refunded_1',
    });

    const { authorization, operations } = await read(`/charges/${chargeId}`, views.gatewayChargeView);
    expect(authorization).toMatchObject({ state: 'captured', account, amount, bank: 'alder', releaseCause: null });
    expect(operations).toMatchObject([
      { kind: 'authorize', amount, end: { kind: 'succeeded', detail: 'approved_1' } },
      { kind: 'capture', amount, attempts: [{ outcome: 'performed', tookMs: expect.any(Number) }] },
      { kind: 'refund', amount: refund.amount, phase: 'ended', stray: null },
    ]);
    expect((await fetch(`${service.get(AdminServer).url}/charges/ch_none`)).status).toBe(404);
    const banks: unknown = await (await fetch(`${service.get(AdminServer).url}/banks`)).json();
    expect(z.array(views.bankStateView).parse(banks)).toMatchObject([{ name: 'alder', timeKnown: true }]);
    expect(await service.get(Shutdown).run()).toBe(true);
  }, 60_000);
});
