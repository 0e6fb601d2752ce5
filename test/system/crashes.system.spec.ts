import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ToldAnswer } from '#checker';
import { eventually } from '#testing';
import { secretsLeft } from './secrets.js';
import { SOUND, SystemUnderTest, sourceAt, answerFields, type ChargeOrder } from './system.js';

jest.setTimeout(120_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start({ instances: { 'payments-api': 2 } });
});
afterAll(() => system?.stop());

async function chargeUnder(idempotencyKey: string): Promise<string> {
  const { id } = await eventually('the charge is committed', async () => {
    const [row] = await system.sql<{ id: string }>('payments', 'SELECT id FROM charge WHERE idempotency_key = $1', [
      idempotencyKey,
    ]);
    return row;
  });
  return id;
}

async function countOf(database: 'payments' | 'ledger', what: string): Promise<number> {
  const [row] = await system.sql<{ count: number }>(database, `SELECT count(*)::int AS count FROM ${what}`);
  return row!.count;
}

describe('an instance of payments-api killed with a request in progress', () => {
  afterEach(() => system.control.start('payments-api'));

  /** Kills the first instance during a request. @returns the second instance's answer to the retry */
  async function retriedElsewhere(asked: ChargeOrder & { idempotencyKey: string }): Promise<ToldAnswer> {
    const first = system.charge({ ...asked, at: system.apis[0]! });
    const chargeId = await chargeUnder(asked.idempotencyKey);
    await system.control.kill('payments-api');
    expect(await first).toMatchObject({ kind: 'info' });
    const retried = await system.chargeUntilAnswered({ ...asked, at: system.apis[1]! });
    expect(retried).toMatchObject({ status: 200, chargeId });
    return retried;
  }

  it('leaves a charge that succeeds, and the other instance answers the retry', async () => {
    const asked = { apiKey: system.newApiKey(), idempotencyKey: 'held', source: 'tok_fault_authorize_hang' };
    const retried = await retriedElsewhere(asked);
    // Until Kafka's session times out (10 s), events of some charges wait, and a request is answered `pending` after 10 s.
    expect(['succeeded', 'pending']).toContain(answerFields(retried).status);
    await system.control.start('payments-api');
    expect(await system.verdictAtRest()).toMatch(SOUND);
    expect(await system.stateOf(retried.chargeId!)).toBe('succeeded');
    expect((await system.charge({ ...asked, at: system.apis[0]! })).body).toBe(retried.body);
  });

  it('leaves a charge that the other instance answers as pending while the bank hangs, and that succeeds later', async () => {
    const lift = await system.fault({ fault: 'hang', scope: { bank: 'cedar' } });
    const asked = { apiKey: system.newApiKey(), idempotencyKey: 'held long', source: 'tok_amex' };
    const retried = await retriedElsewhere(asked);
    expect(answerFields(retried)).toMatchObject({ status: 'pending' });
    await lift();
    await system.control.start('payments-api');
    expect(await system.verdictAtRest()).toMatch(SOUND);
    expect(await system.stateOf(retried.chargeId!)).toBe('succeeded');
    // The stored `pending` answer is replayed although the charge has succeeded since.
    expect((await system.charge({ ...asked, at: system.apis[0]! })).body).toBe(retried.body);
  });
});

describe('a service killed with charges in flight, and started again', () => {
  it.each(['ledger', 'bank-gateway'] as const)('%s: every charge succeeds, once', async (service) => {
    const before = await countOf('payments', 'charge');
    const holdsBefore = await countOf('ledger', 'hold');
    // The bank performs at once and answers late, so at the kill some movements are not recorded by the gateway.
    const lift = await system.fault({ fault: 'latency', parameters: { delayMs: 200, jitterMs: 400 } });
    const sources = Object.values(sourceAt);
    const clients = Array.from({ length: 48 }, (_, n) =>
      system.chargeUntilAnswered({ source: sources[n % sources.length]!, at: system.apis[n % 2]! }),
    );
    await eventually('some holds are placed', async () => (await countOf('ledger', 'hold')) > holdsBefore + 5);
    await system.control.kill(service);
    const inFlight = await countOf('payments', `charge WHERE state = 'requested'`);
    expect(inFlight).toBeGreaterThan(0);
    await system.control.start(service);
    const answers = await Promise.all(clients);
    await lift();

    expect(await system.verdictAtRest()).toMatch(SOUND);
    expect(await countOf('payments', 'charge')).toBe(before + 48);
    expect(await Promise.all(answers.map(({ chargeId }) => system.stateOf(chargeId!)))).toEqual(
      answers.map(() => 'succeeded'),
    );
  });
});

it('has written no card number and no API key anywhere', async () => {
  expect(await secretsLeft(system)).toEqual([]);
});
