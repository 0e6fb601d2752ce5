import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { topics, type NewEvent } from '#contracts';
import { KafkaJsBus } from '#messaging';
import { withFrameTables } from '#service';
import { eventually, provisionForTests } from '#testing';
import { ledgerDatabase } from '../../../apps/ledger/src/ledger-database.js';
import { approved, captured } from '../../../apps/ledger/test/charge.js';
import { LedgerProcess, runFromSource } from '../../../apps/ledger/test/ledger-process.js';

const brokers = (): string => process.env['TEST_KAFKA_BROKERS']!;
const unique = `${process.pid}`;

let logins: { url: string; operatorsUrl: string };
let gateway: KafkaJsBus;
const processes: LedgerProcess[] = [];
beforeAll(async () => {
  logins = await provisionForTests(withFrameTables(ledgerDatabase));
  gateway = new KafkaJsBus({ brokers: brokers().split(','), clock: new SystemClock() });
  await gateway.ensureTopics([...topics, 'ledger.dlq'], 4);
}, 60_000);
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.end('SIGKILL')));
});
afterAll(() => gateway.close());

function start(): LedgerProcess {
  const started = new LedgerProcess({ DATABASE_URL: logins.url, KAFKA_BROKERS: brokers() });
  processes.push(started);
  return started;
}

const publish = (...events: NewEvent[]): Promise<void> =>
  gateway.publish(events.map((event) => ({ ...event, source: 'bank-gateway', time: 0 })));

const parked = (...words: string[]): Promise<string> =>
  runFromSource('cli/src/main.ts', ['parked', ...words], { DATABASE_URL: logins.operatorsUrl });

const json = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(url)).json()) as Record<string, unknown>;

describe('holdfast parked', () => {
  it('shows parked events, replays them in the running service, and discards an invalid one', async () => {
    const key = `ch_parked${unique}`;
    const admin = await start().ready();
    const poison = { ...captured({ chargeId: key }), id: `${key}.nonsense`, data: { chargeId: key, amount: 'much' } };
    await publish(poison, approved({ chargeId: key }), captured({ chargeId: key }));
    const view = await eventually('all three are parked', async () => {
      const { events } = (await json(`${admin}/parked?key=${key}`)) as { events: { position: number }[] };
      return events.length === 3 ? events : undefined;
    });
    expect(await json(`${admin}/parked`)).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ key, events: 3, id: poison.id })]) as unknown,
    });
    expect(await parked('list', 'ledger')).toMatch(
      new RegExp(`^ledger +${key} +3 +${view[0]!.position} +${key}.nonsense .*does not match its contract`, 'm'),
    );
    expect(await parked('show', 'ledger', String(view[0]!.position))).toMatch(
      /stood at +bank\.events\.ledger, partition \d, offset \d+[^]*"amount": "much"[^]*waits behind the first/,
    );
    await eventually(
      'it is measured',
      async () => /^parked_keys [1-9]/m.test(await (await fetch(`${admin}/metrics`)).text()),
      {
        timeoutMs: 10_000,
      },
    );

    expect(await parked('replay', 'ledger', '--key', key)).toMatch(
      new RegExp(`^0 of 1 keys are through\\.[^]*${key} +3 +${poison.id}`),
    );
    expect(await parked('discard', 'ledger', poison.id, '--reason', 'sent by a script')).toMatch(/2 events of .* wait/);
    expect(await parked('replay', 'ledger', '--event', `${key}.capture_succeeded`)).toMatch('1 of 1 keys are through.');
    expect(await json(`${admin}/charges/${key}`)).toMatchObject({ hold: { state: 'posted' } });
    expect(await json(`${admin}/parked/${poison.id}`)).toMatchObject({ discardReason: 'sent by a script' });
  }, 90_000);

  it('marks keys for a replay at the next start if the service does not run', async () => {
    const key = `ch_down${unique}`;
    const first = start();
    const admin = await first.ready();
    const poison = { ...captured({ chargeId: key }), id: `${key}.nonsense`, data: { chargeId: key } };
    await publish(poison, approved({ chargeId: key }));
    await eventually('both are parked', async () => {
      const { events } = (await json(`${admin}/parked?key=${key}`)) as { events: unknown[] };
      return events.length === 2;
    });
    expect(await first.end('SIGTERM')).toBe(0);
    await parked('discard', 'ledger', poison.id, '--reason', 'sent by a script');
    expect(await parked('replay', 'ledger', '--key', key)).toMatch(
      '1 keys are marked. ledger does not run: it replays them as soon as it does.',
    );
    const again = await start().ready();
    await eventually('it is replayed', async () => {
      const response = await fetch(`${again}/charges/${key}`);
      return response.ok && ((await response.json()) as { hold: { state: string } }).hold.state === 'pending';
    });
  }, 90_000);

  it('gives a remedy if the event does not exist', async () => {
    await expect(parked('replay', 'ledger', '--key', 'ch_none')).rejects.toThrow('nothing of that is parked at ledger');
    await expect(parked('show', 'ledger', '999999')).rejects.toThrow('holdfast parked list ledger');
    await expect(parked('melt')).rejects.toThrow('There is no holdfast parked melt');
  }, 30_000);
});
