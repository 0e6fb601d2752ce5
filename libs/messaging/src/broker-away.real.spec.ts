import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { eventually } from '#testing';
import { freePorts } from '../../../infra/local/free-ports.js';
import { startKafka } from '../../../infra/local/kafka.js';
import { KafkaJsBus } from './kafka-js-bus.js';
import { busOutageContract } from './testing/bus-outage-contract.js';

const clock = new SystemClock();
const topic = 'numbers';

describe('A bus whose broker goes away', () => {
  let folder: string;
  let kafka: Awaited<ReturnType<typeof startKafka>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'broker-away-'));
    const [port, controllerPort] = (await freePorts(2)) as [number, number];
    kafka = await startKafka({ dataDir: folder, port, controllerPort, logFile: join(folder, 'kafka.log') });
    const first = new KafkaJsBus({ brokers: [kafka.brokers], clock });
    await first.ensureTopics([topic], 2);
    await first.close();
  }, 120_000);

  it('publishes once it is thawed, by a bus that first called while it was frozen', async () => {
    const newcomer = new KafkaJsBus({ brokers: [kafka.brokers], clock });
    const event = {
      id: 'first-words',
      type: 'test.counted.v1',
      source: 'test',
      topic,
      key: 'k',
      time: clock.now(),
      data: { number: 1 },
    };
    try {
      await kafka.process.freeze();
      // The kernel accepts the connection, but the frozen broker never answers on it.
      await expect(newcomer.publish([event])).rejects.toThrow();
      await kafka.process.thaw();
      await eventually('the broker takes it', () => newcomer.publish([event]).then(() => true), { timeoutMs: 30_000 });
    } finally {
      await newcomer.close();
    }
  }, 90_000);

  busOutageContract(['killed', 'frozen'], () =>
    Promise.resolve({
      clock,
      topic,
      bus: () => new KafkaJsBus({ brokers: [kafka.brokers], clock }),
      ways: () => ({
        killed: { takeAway: () => kafka.process.kill(), bringBack: () => kafka.process.start() },
        frozen: { takeAway: () => kafka.process.freeze(), bringBack: () => kafka.process.thaw() },
      }),
      close: async () => {
        await kafka.process.stop();
        await rm(folder, { recursive: true, force: true });
      },
    }),
  );
});
