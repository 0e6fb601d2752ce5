import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { z } from 'zod';
import { SystemClock } from '#clock';
import { topics, topicsFrom, views, type CloudEvent, type NewEvent } from '#contracts';
import { usd } from '#money';
import { KafkaJsBus, type Consumption } from '#messaging';
import { withFrameTables } from '#service';
import { eventually, provisionForTests } from '#testing';
import { approved, captured } from '../test/charge.js';
import { requested, succeeded } from '../test/refund.js';
import { Cuttable } from '../test/cuttable.js';
import { LedgerProcess, runFromSource } from '../test/ledger-process.js';
import { ledgerDatabase } from './ledger-database.js';

// One database and one consumer group for all tests, as in production: each test has its own charges.
const brokers = (): string => process.env['TEST_KAFKA_BROKERS']!;
const bus = (): KafkaJsBus => new KafkaJsBus({ brokers: brokers().split(','), clock: new SystemClock() });

let logins: { url: string; operatorsUrl: string };
const databaseUrl = (): URL => new URL(logins.url);
let gateway: KafkaJsBus;
let hearing: Consumption;
const heard: CloudEvent[] = [];
const processes: LedgerProcess[] = [];

beforeAll(async () => {
  logins = await provisionForTests(withFrameTables(ledgerDatabase));
  gateway = bus();
  await gateway.ensureTopics([...topics, 'ledger.dlq'], 4);
  hearing = await gateway.consume({
    group: `hears-the-ledger-${process.pid}`,
    topics: topicsFrom('ledger'),
    onBatch: async (deliveries) => void heard.push(...deliveries.map(({ event }) => event)),
  });
}, 60_000);
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.end('SIGKILL')));
});
afterAll(async () => {
  await hearing.stop();
  await gateway.close();
});

function start(environment: Record<string, string> = {}): LedgerProcess {
  const started = new LedgerProcess({ DATABASE_URL: databaseUrl().href, KAFKA_BROKERS: brokers(), ...environment });
  processes.push(started);
  return started;
}

const limit = (...words: string[]): Promise<string> =>
  runFromSource('apps/ledger/src/limit.ts', words, { DATABASE_URL: logins.operatorsUrl });

const publish = (...events: NewEvent[]): Promise<void> =>
  gateway.publish(events.map((event) => ({ ...event, source: 'bank-gateway', time: 0 })));

const emitted = (type: string, chargeId: string): Promise<CloudEvent> =>
  eventually(`${type} of ${chargeId}`, () => heard.find((event) => event.type === type && event.key === chargeId), {
    timeoutMs: 20_000,
  });

/** A view answers 503, with a reason, while a busy machine gives its database no connection in time. */
const json = (url: string): Promise<{ status: number; body: Record<string, unknown> }> =>
  eventually(
    `${url} is readable`,
    async () => {
      const response = await fetch(url);
      const body = (await response.json()) as Record<string, unknown>;
      return 'reason' in body ? undefined : { status: response.status, body };
    },
    { timeoutMs: 20_000 },
  );

/** The answer of a door, which has the fields of its view and no other. */
async function read<View>(url: string, schema: z.ZodType<View>): Promise<View> {
  const { body } = await json(url);
  const view = schema.parse(body);
  expect(view).toEqual(body);
  return view;
}

describe('the ledger as a process', () => {
  it('handles the bank’s events, serves its views, and shuts down in order', async () => {
    const ledger = start();
    const admin = await ledger.ready();
    expect(await json(`${admin}/health/ready`)).toEqual({
      status: 200,
      body: { ready: true, checks: { database: 'ok', relay: 'ok', consumer: 'ok' } },
    });

    await publish(approved({ chargeId: 'ch_life' }));
    await emitted('ledger.hold_placed.v1', 'ch_life');
    await publish(captured({ chargeId: 'ch_life' }));
    expect(await emitted('ledger.charge_posted.v1', 'ch_life')).toMatchObject({
      id: 'ch_life.charge_posted',
      source: 'ledger',
      data: { amount: { amountMinor: 900, currency: 'usd' }, balanceTransactionId: 'txn_life' },
    });

    expect(await read(`${admin}/charges/ch_life`, views.ledgerChargeView)).toMatchObject({
      hold: { state: 'posted', posted: { amountMinor: 900, currency: 'usd' }, stray: null },
      transfers: [{ effect: 'hold' }, { effect: 'capture' }, { effect: 'fee' }],
    });
    expect(await read(`${admin}/charges/ch_life/differences`, z.array(views.differenceView))).toEqual([]);
    expect(await json(`${admin}/charges/ch_none`)).toMatchObject({ status: 404 });
    expect(await json(`${admin}/accounts/acct_1`)).toMatchObject({
      body: { accounts: [{ id: 'merchant:acct_1:usd' }], limits: null },
    });
    expect(await json(`${admin}/balances`)).toMatchObject({
      body: { currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }] },
    });
    expect(await json(`${admin}/trial-balance`)).toMatchObject({ body: { balanced: true, miscounted: [] } });
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    // The topics have events of other tests, too.
    expect(Number(/step_outcomes_total\{outcome="decided"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThanOrEqual(2);
    expect(Number(/outbox_published_total (\d+)/.exec(metrics)?.[1])).toBeGreaterThanOrEqual(2);

    expect(await ledger.end('SIGTERM')).toBe(0);
    expect(ledger.lines.at(-1)).toMatchObject({ msg: 'stopped', clean: true });
  }, 60_000);

  it('loses nothing and repeats nothing when it is killed in between', async () => {
    const charges = Array.from({ length: 300 }, (_, n) => `ch_killed${n}`);
    const first = start();
    await first.ready();
    const publishing = publish(
      ...charges.map((chargeId) => approved({ chargeId, account: 'acct_killed' })),
      ...charges.map((chargeId) => captured({ chargeId, account: 'acct_killed' })),
    );
    await eventually('the first hold is placed', () => heard.some(({ key }) => key.startsWith('ch_killed')));
    await first.end('SIGKILL');
    await publishing;

    const second = start();
    const admin = await second.ready();
    for (const chargeId of charges) await emitted('ledger.charge_posted.v1', chargeId);
    expect(await json(`${admin}/accounts/acct_killed`)).toMatchObject({
      body: { accounts: [{ creditsPostedMinor: 300 * 900, debitsPostedMinor: 300 * 56, creditsPendingMinor: 0 }] },
    });
    expect(await json(`${admin}/trial-balance`)).toMatchObject({ body: { balanced: true } });
    expect(await second.end()).toBe(0);
  }, 90_000);

  it('refuses holds of an account that an operator freezes', async () => {
    const ledger = start();
    await ledger.ready();
    expect(await limit('acct_cold', '--frozen', '--cap', '5000', 'usd')).toContain('frozen: true');
    await publish(approved({ chargeId: 'ch_cold', account: 'acct_cold' }));
    expect(await emitted('ledger.hold_refused.v1', 'ch_cold')).toMatchObject({ data: { reason: 'account_frozen' } });
    await expect(limit('acct_cold', '--melt')).rejects.toThrow('See holdfast limit --help.');
    expect(await ledger.end()).toBe(0);
  }, 60_000);

  it('refunds until the balance reaches its overdraft', async () => {
    const ledger = start({ REFUND_OVERDRAFT_MINOR: '100' });
    const admin = await ledger.ready();
    const charge = { chargeId: 'ch_back', account: 'acct_back' };
    await publish(approved({ ...charge, capture: 'manual' }));
    await emitted('ledger.charge_authorized.v1', 'ch_back');
    await publish(captured(charge));
    await emitted('ledger.charge_posted.v1', 'ch_back');
    await publish(requested({ ...charge, refundId: 're_back' }));
    await emitted('ledger.refund_reserved.v1', 'ch_back');
    await publish(succeeded({ ...charge, refundId: 're_back' }));
    expect(await emitted('ledger.refund_posted.v1', 'ch_back')).toMatchObject({
      id: 're_back.refund_posted',
      data: { amount: { amountMinor: 400, currency: 'usd' }, balanceTransactionId: 'txn_back' },
    });

    // 4.44 are left; another 5.00 is within the default overdraft of 1.00.
    expect(await limit('acct_back', '--overdraft', '55', 'usd')).toContain('usd: 55');
    await publish(requested({ ...charge, refundId: 're_more', amount: usd(500) }));
    expect(await emitted('ledger.refund_refused.v1', 'ch_back')).toMatchObject({
      data: { reason: 'insufficient_balance' },
    });
    await limit('acct_back', '--default-overdraft', 'usd');
    await publish(requested({ ...charge, refundId: 're_last', amount: usd(500) }));
    await eventually('the rest is reserved', () => heard.find(({ id }) => id === 're_last.refund_reserved'));

    expect(await read(`${admin}/charges/ch_back`, views.ledgerChargeView)).toMatchObject({
      refunds: [
        { refundId: 're_back', state: 'posted' },
        { refundId: 're_last', state: 'reserved' },
        { refundId: 're_more', state: 'refused', refusal: 'insufficient_balance' },
      ],
    });
    expect(await ledger.end()).toBe(0);
  }, 60_000);

  it('waits for a database that is not up yet, and logs it', async () => {
    const url = databaseUrl();
    const way = await Cuttable.closed({ host: url.hostname, port: Number(url.port) });
    url.host = way.address;
    const ledger = start({ DATABASE_URL: url.href });
    await ledger.said(/^waiting for Postgres/);
    await way.open();
    await ledger.ready();
    expect(await ledger.end()).toBe(0);
    await way.cut();
  }, 60_000);

  it('waits for a broker that is not up yet, logs it, and can be stopped while it waits', async () => {
    const [host, port] = brokers().split(':') as [string, string];
    const way = await Cuttable.closed({ host, port: Number(port) });
    const ledger = start({ KAFKA_BROKERS: way.address });
    await ledger.said(/^waiting for Kafka/);
    expect(await ledger.end()).toBe(0);

    const patient = start({ KAFKA_BROKERS: way.address });
    await patient.said(/^waiting for Kafka/);
    await way.open();
    await patient.ready();
    expect(await patient.end()).toBe(0);
    await way.cut();
  }, 60_000);

  it('survives the loss of its database, is not ready meanwhile, and dead-letters nothing', async () => {
    const url = databaseUrl();
    const way = await Cuttable.closed({ host: url.hostname, port: Number(url.port) });
    await way.open();
    url.host = way.address;
    const ledger = start({ DATABASE_URL: url.href });
    const admin = await ledger.ready();
    await way.cut();
    await publish(approved({ chargeId: 'ch_outage' }));
    await ledger.said('the database is not available to the consumer: trying again');
    expect(await json(`${admin}/health/ready`)).toMatchObject({ status: 503, body: { ready: false } });
    await way.open();
    await emitted('ledger.hold_placed.v1', 'ch_outage');
    await eventually('it is ready again', async () => (await json(`${admin}/health/ready`)).status === 200);
    expect(await (await fetch(`${admin}/metrics`)).text()).toMatch(/^step_parked_total 0$/m);
    expect(await ledger.end()).toBe(0);
    await way.cut();
  }, 60_000);

  it('reports wrong settings in one line', async () => {
    const ledger = start({ DATABASE_URL: 'nowhere', KAFKA_BROKERS: '', LOG_LEVEL: 'info' });
    expect(await ledger.exit()).toBe(1);
    expect(ledger.lines).toHaveLength(1);
    expect(ledger.lines[0]!['msg']).toMatch(/DATABASE_URL: .*; KAFKA_BROKERS is not set/);
  }, 30_000);

  it('reports a taken port in one line', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    const ledger = start({ ADMIN_PORT: String(port), LOG_LEVEL: 'info' });
    const code = await ledger.exit();
    occupant.close();
    expect(code).toBe(1);
    expect(ledger.lines.map(({ msg }) => msg)).toEqual([
      `port ${port} on 127.0.0.1 is taken: free it, or set ADMIN_PORT to another`,
    ]);
  }, 30_000);
});
