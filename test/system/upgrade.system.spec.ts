import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ToldAnswer } from '#checker';
import { eventContracts, formerTopicOf } from '#contracts';
import { eventually, notEmpty } from '#testing';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';
import { isInThisClone, landedCommit } from './landed-version.js';
import { answerFields, SOUND, SystemUnderTest, type ChargeOrder } from './system.js';

jest.setTimeout(240_000);

const commit = await landedCommit();
/** A shallow clone lacks the previous version. CI has the whole history. */
const describeUpgrade = process.env.CI || (await isInThisClone(commit)) ? describe : describe.skip;
/** The previous version answers `pending` after this time, because some of its services are killed. */
const PENDING_AFTER_MS = 1_500;

describeUpgrade('a data folder of the previous version', () => {
  let before: SystemUnderTest;
  let system: SystemUnderTest;
  /** Requests that the previous version answered. A replay must have the same bytes. */
  const answered: { send: (on: SystemUnderTest) => Promise<ToldAnswer>; body: string }[] = [];
  /** Charges without a final answer, with their expected final states. */
  const inFlight: { chargeId: string; state: string }[] = [];
  const apiKey = `sk_test_upgrade`;
  let serial = 0;

  /** Sends one request under a new key and remembers it with its answer. */
  async function remember(
    send: (on: SystemUnderTest, idempotencyKey: string) => Promise<ToldAnswer>,
  ): Promise<ToldAnswer> {
    const key = `before-${++serial}`;
    const reply = await send(before, key);
    answered.push({ send: (on) => send(on, key), body: reply.body! });
    return reply;
  }
  const charge = (order: ChargeOrder = {}): Promise<ToldAnswer> =>
    remember((on, idempotencyKey) => on.charge({ source: 'tok_visa', ...order, apiKey, idempotencyKey }));
  const refund = (chargeId: string, amount?: number): Promise<ToldAnswer> =>
    remember((on, idempotencyKey) =>
      on.refund(chargeId, { apiKey, idempotencyKey, ...(amount !== undefined && { amount }) }),
    );
  const capture = (chargeId: string, amount?: number): Promise<ToldAnswer> =>
    remember((on, idempotencyKey) =>
      on.capture(chargeId, { apiKey, idempotencyKey, ...(amount !== undefined && { amount }) }),
    );

  /** Waits until the charge is at rest, so that the next request finds it so on a slow machine too. */
  async function settled(asking: Promise<ToldAnswer>): Promise<ToldAnswer> {
    const reply = await asking;
    await eventually(`${reply.chargeId} is at rest`, () => before.isAtRest(reply.chargeId!), { timeoutMs: 60_000 });
    return reply;
  }

  const held: Record<'rests' | 'capturing' | 'canceling', string> = { rests: '', capturing: '', canceling: '' };

  beforeAll(async () => {
    before = await SystemUnderTest.startLanded(commit, { ANSWER_WITHIN_MS: String(PENDING_AFTER_MS) });
    try {
      // Every kind of final answer.
      const whole = await settled(charge());
      await settled(charge({ source: 'tok_chargeDeclinedInsufficientFunds' }));
      await charge({ amount: 7 });
      const refunded = await settled(charge({ amount: 5_000 }));
      for (const amount of [100, 200, 300, 400]) await settled(refund(refunded.chargeId!, amount));
      await refund(refunded.chargeId!, 9_999);
      for (const name of ['rests', 'capturing', 'canceling'] as const) {
        held[name] = (await settled(charge({ source: 'tok_mastercard', capture: false }))).chargeId!;
      }
      const partly = await settled(charge({ capture: false }));
      await settled(capture(partly.chargeId!, 700));

      // Charges in progress: at a hanging bank, and behind a killed ledger.
      await before.fault({ fault: 'hang', scope: { bank: 'dogwood' }, operation: 'authorize' });
      await before.control.kill('ledger');
      const pending = [
        [charge(), 'succeeded'],
        [charge({ source: 'tok_discover' }), 'succeeded'],
        [capture(held.capturing, 1_500), 'succeeded'],
        [refund(held.canceling), 'canceled'],
        [refund(whole.chargeId!, 600), 'succeeded'],
        [refund(refunded.chargeId!, 50), 'succeeded'],
      ] as const;
      for (const [reply, state] of pending) inFlight.push({ chargeId: (await reply).chargeId!, state });
      await before.control.kill('bank-gateway');
      await charge().then(({ chargeId }) => inFlight.push({ chargeId: chargeId!, state: 'succeeded' }));
      // Unpublished: its request waits in the outbox.
      await before.control.kill('kafka');
      await charge().then(({ chargeId }) => inFlight.push({ chargeId: chargeId!, state: 'succeeded' }));
      const outbox = await before.sql<{ key: string }>('payments', 'SELECT key FROM outbox');
      expect(outbox).toContainEqual({ key: inFlight.at(-1)!.chargeId });
      await before.control.kill('payments-api');
    } finally {
      await before.halt();
    }
    system = await SystemUnderTest.start({ dataDir: before.dataDir });
    system.history.push(...before.history);
  });
  afterAll(() => (system ?? before)?.stop());

  it('starts, and every charge in progress ends as expected', async () => {
    const lifted = await fetch(`${system.urls.banksAdmin}/faults`, { method: 'DELETE' });
    expect(lifted.status).toBe(204);
    for (const { chargeId, state } of inFlight) {
      await eventually(`${chargeId} is ${state}`, async () => (await system.stateOf(chargeId)) === state, {
        timeoutMs: 90_000,
        everyMs: 100,
      });
    }
  });

  it('consumes all that the previous version had published', async () => {
    const admin = kafkaClient(system.kafkaAs('supervisor')).admin();
    await admin.connect();
    try {
      const groups = eventContracts.flatMap(({ topic: present, producer, reader }) =>
        [present, formerTopicOf(producer)].map((topic) => ({ topic, groupId: reader })),
      );
      const existing = new Set(await admin.listTopics());
      for (const { topic, groupId } of notEmpty(groups.filter(({ topic }) => existing.has(topic)))) {
        const ends = await admin.fetchTopicOffsets(topic);
        expect(ends.some(({ high }) => Number(high) > 0)).toBe(true);
        await eventually(
          `${groupId} has consumed ${topic}`,
          async () => {
            const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
            const offsets = new Map(committed!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
            return ends.every(
              ({ partition, high }) => Number(high) === 0 || (offsets.get(partition) ?? -1) >= Number(high),
            );
          },
          { timeoutMs: 60_000 },
        );
      }
    } finally {
      await admin.disconnect();
    }
  });

  it('replays every answer to the byte', async () => {
    expect(answered.length).toBeGreaterThan(15);
    for (const { send, body } of notEmpty(answered)) expect((await send(system)).body).toBe(body);
  });

  it('allows capture, refund and list of earlier charges', async () => {
    expect(await system.capture(held.rests, { apiKey })).toMatchObject({ status: 200 });
    expect(await system.refund(held.rests, { apiKey, amount: 10 })).toMatchObject({ status: 200 });
    const stripe = system.stripe({ apiKey });
    const listed: string[] = [];
    for await (const { id } of stripe.charges.list({ limit: 3 })) listed.push(id);
    const reply = new Set(system.history.flatMap(({ chargeId }) => chargeId ?? []));
    expect(new Set(listed)).toEqual(reply);
    expect(listed).toHaveLength(reply.size);
  });

  it('has journals, ledger and history in agreement, and rows equal to the fold of their events', async () => {
    expect(await system.verdictAtRest(90_000)).toMatch(SOUND);
    const command = ['dist/apps/payments-api/src/charges/store/verify-projection.js'];
    const verified = await promisify(execFile)(process.execPath, command, {
      env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: system.operatorsUrl },
    });
    expect(JSON.parse(verified.stdout.trim().split('\n').at(-1)!)).toMatchObject({ wrong: [] });
  });

  it('has an answer of every kind from the previous version', () => {
    const endings = new Set(
      answered.map(({ body }) => answerFields({ body } as ToldAnswer)).map((said) => said.error?.type ?? said.status),
    );
    expect(endings).toEqual(new Set(['succeeded', 'pending', 'card_error', 'invalid_request_error']));
  });
});
