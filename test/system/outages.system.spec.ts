import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Admin } from 'kafkajs';
import type { ToldAnswer } from '#checker';
import { bank, ledger, payments } from '#contracts';
import { eventually, notEmpty } from '#testing';
import { topics } from '../../infra/kafka/topics.js';
import { kafkaClient } from '../../libs/messaging/src/kafka-client.js';
import { secretsLeft } from './secrets.js';
import { SOUND, SystemUnderTest, sourceAt, answerFields, type SystemDatabase } from './system.js';

jest.setTimeout(180_000);

const OUTAGE_MS = 20_000;
const services = ['payments-api', 'bank-gateway', 'ledger'] as const;
const databases: readonly SystemDatabase[] = ['payments', 'bank_gateway', 'ledger'];
const sources = Object.values(sourceAt);

let system: SystemUnderTest;
let admin: Admin;
beforeAll(async () => {
  system = await SystemUnderTest.start();
  const patient = { requestTimeout: 30_000, retry: { retries: 5 } };
  admin = kafkaClient({ ...system.kafkaAs('supervisor'), limits: patient }).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
  await system?.stop();
});

/** Clients that make one charge after another and retry each under its key until it has a final answer. */
class Traffic {
  readonly answers: ToldAnswer[] = [];
  private open = true;
  private readonly clients: Promise<void>[];

  constructor(clients: number) {
    this.clients = Array.from({ length: clients }, (_, n) => this.run(n));
  }

  private async run(client: number): Promise<void> {
    for (let n = client; this.open; n++) {
      const reply = await system.chargeUntilAnswered({ source: sources[n % sources.length]! }, 120_000);
      this.answers.push(reply);
    }
  }

  async end(): Promise<void> {
    this.open = false;
    await Promise.all(this.clients);
  }
}

async function parked(): Promise<number> {
  const counts = await Promise.all(
    databases.map(async (database) => {
      const [row] = await system.sql<{ count: number }>(database, 'SELECT count(*)::int AS count FROM parked_event');
      return row!.count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function recordsIn(topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}

async function deadLetters(): Promise<number> {
  const counts = await Promise.all(topics.filter((topic) => topic.endsWith('.dlq')).map(recordsIn));
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('an idle system', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;
  /** Voluntary context switches of all threads of a process since its start. */
  async function voluntarySwitches(pid: number): Promise<number> {
    const threads = await readdir(`/proc/${pid}/task`);
    const counts = await Promise.all(
      threads.map(async (thread) => {
        const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => ''); // the thread ended
        return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  onLinux('wakes no service more than 150 times a second, once each has warmed up', async () => {
    const WINDOW_MS = 3_000;
    await eventually(
      'every service is that quiet for 3 s',
      async () => {
        const before = await Promise.all(services.map((name) => voluntarySwitches(system.pidOf(name))));
        await sleep(WINDOW_MS); // the window that is measured
        const after = await Promise.all(services.map((name) => voluntarySwitches(system.pidOf(name))));
        const perSecond = after.map((count, n) => ((count - before[n]!) * 1_000) / WINDOW_MS);
        // Zero would mean that the service does not run or cannot be inspected.
        if (perSecond.some((count) => !(count > 0 && count < 150)))
          throw new Error(`${services.join(', ')}: ${perSecond.join(', ')}`);
        return true;
      },
      { timeoutMs: 60_000 },
    );
  });
});

describe('under traffic of clients that retry by key', () => {
  it.each(['postgres', 'kafka'])('%s down for 20 s: nothing is lost, nothing is dead-lettered', async (backend) => {
    const traffic = new Traffic(8);
    await eventually('traffic flows', () => traffic.answers.length >= 16, { timeoutMs: 30_000 });
    await system.control.kill(backend);
    const killedMs = performance.now();
    await eventually('the outage is over', () => performance.now() - killedMs >= OUTAGE_MS, {
      timeoutMs: 2 * OUTAGE_MS,
      everyMs: 100,
    });
    await system.control.start(backend);
    const during = traffic.answers.length;
    await eventually('traffic flows again', () => traffic.answers.length >= during + 16, { timeoutMs: 60_000 });
    await traffic.end();

    expect(await system.verdictAtRest(90_000)).toMatch(SOUND);
    const states = await Promise.all(traffic.answers.map(({ chargeId }) => system.stateOf(chargeId!)));
    expect(states).toEqual(traffic.answers.map(() => 'succeeded'));
    expect(await parked()).toBe(0);
    expect(await deadLetters()).toBe(0);
  });
});

describe('records deleted from a topic before their consumer has read them', () => {
  async function deleteRecords(topic: string): Promise<void> {
    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })),
    });
    expect(await recordsIn(topic)).toBe(0);
  }

  const unsent = async (database: SystemDatabase): Promise<number> => {
    const [row] = await system.sql<{ count: number }>(database, 'SELECT count(*)::int AS count FROM outbox');
    return row!.count;
  };
  const countOf = async (database: SystemDatabase, what: string): Promise<number> => {
    const [row] = await system.sql<{ count: number }>(database, `SELECT count(*)::int AS count FROM ${what}`);
    return row!.count;
  };
  const sent = (database: SystemDatabase): Promise<boolean> =>
    eventually(`all events of ${database} are sent`, async () => (await unsent(database)) === 0);
  const begin = (): Promise<ToldAnswer>[] => sources.map((source) => system.chargeUntilAnswered({ source }));
  const requested = `charge WHERE state = 'requested'`;
  const until = (what: string, condition: () => Promise<boolean>) => eventually(what, condition, { timeoutMs: 30_000 });

  async function everyChargeSucceeds(clients: Promise<ToldAnswer>[]): Promise<void> {
    expect(await system.verdictAtRest(90_000)).toMatch(SOUND);
    const answers = await Promise.all(clients);
    for (const { chargeId } of notEmpty(answers)) expect(await system.stateOf(chargeId!)).toBe('succeeded');
    expect(answers.map((reply) => answerFields(reply).status)).toEqual(
      answers.map(() => expect.stringMatching('succeeded|pending')),
    );
    expect(await deadLetters()).toBe(0);
  }

  it('requests to authorize are resent to the gateway', async () => {
    await system.control.stop('bank-gateway');
    const clients = begin();
    await until('the charges are open', async () => (await countOf('payments', requested)) === clients.length);
    await sent('payments');
    await deleteRecords(payments.chargeRequested.topic);
    await system.control.start('bank-gateway');
    await everyChargeSucceeds(clients);
  });

  it('authorizations are resent to the ledger', async () => {
    await system.control.stop('ledger');
    const clients = begin();
    const authorized = `bank_authorization WHERE state = 'authorized'`;
    await until(
      'the charges are authorized',
      async () => (await countOf('bank_gateway', authorized)) === clients.length,
    );
    await sent('bank_gateway');
    await deleteRecords(bank.authorizationApproved.topic);
    await system.control.start('ledger');
    await everyChargeSucceeds(clients);
  });

  it('holds are resent to the gateway', async () => {
    await system.control.stop('ledger');
    const clients = begin();
    const authorized = `bank_authorization WHERE state = 'authorized'`;
    await until(
      'the charges are authorized',
      async () => (await countOf('bank_gateway', authorized)) === clients.length,
    );
    await system.control.stop('bank-gateway');
    await system.control.start('ledger');
    await until(
      'the holds are placed',
      async () => (await countOf('ledger', `hold WHERE state = 'pending'`)) === clients.length,
    );
    await sent('ledger');
    await deleteRecords(ledger.holdPlaced.topic);
    await system.control.start('bank-gateway');
    await everyChargeSucceeds(clients);
  });

  it('postings are resent to payments-api', async () => {
    const postedBefore = await countOf('ledger', `hold WHERE state = 'posted'`);
    await system.control.stop('bank-gateway');
    const clients = begin();
    await until('the charges are open', async () => (await countOf('payments', requested)) === clients.length);
    await sent('payments');
    await system.control.kill('payments-api');
    await system.control.start('bank-gateway');
    await until(
      'the charges are posted',
      async () => (await countOf('ledger', `hold WHERE state = 'posted'`)) === postedBefore + clients.length,
    );
    await sent('ledger');
    await deleteRecords(ledger.chargePosted.topic);
    await system.control.start('payments-api');
    await everyChargeSucceeds(clients);
  });
});

it('has written no card number and no API key anywhere', async () => {
  expect(await secretsLeft(system)).toEqual([]);
});
