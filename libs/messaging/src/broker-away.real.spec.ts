import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import type { CloudEvent } from '#contracts';
import { eventually } from '#testing';
import { freePorts } from '../../../infra/local/free-ports.js';
import { startKafka } from '../../../infra/local/kafka.js';
import { KafkaJsBus } from './kafka-js-bus.js';

const clock = new SystemClock();

describe('A bus whose broker goes away', () => {
  let folder: string;
  let kafka: Awaited<ReturnType<typeof startKafka>>;
  let bus: KafkaJsBus;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'broker-away-'));
    const [port, controllerPort] = (await freePorts(2)) as [number, number];
    kafka = await startKafka({ dataDir: folder, port, controllerPort, logFile: join(folder, 'kafka.log') });
    bus = new KafkaJsBus({ brokers: [kafka.brokers], clock });
    await bus.ensureTopics(['numbers'], 2);
  }, 120_000);
  afterAll(async () => {
    await bus.close();
    await kafka.process.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** Publishes one event after another, each until the broker takes it, as the relay does. */
  function publishOn(prefix: string): { published: Set<string>; stop(): Promise<void> } {
    const published = new Set<string>();
    const stopping = new AbortController();
    const running = (async () => {
      for (let number = 0; !stopping.signal.aborted; number++) {
        const id = `${prefix}${number}`;
        const event: CloudEvent = {
          id,
          type: 'test.counted.v1',
          source: 'test',
          topic: 'numbers',
          key: `k${number % 7}`,
          time: clock.now(),
          data: { number },
        };
        for (;;) {
          try {
            await bus.publish([event]);
            published.add(id);
            break;
          } catch {
            await clock.sleep(100);
          }
        }
      }
    })();
    return {
      published,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  }

  it('publishes once it is thawed, by a bus that first called while it was frozen', async () => {
    const newcomer = new KafkaJsBus({ brokers: [kafka.brokers], clock });
    const event: CloudEvent = {
      id: 'first-words',
      type: 'test.counted.v1',
      source: 'test',
      topic: 'numbers',
      key: 'k',
      time: clock.now(),
      data: { number: 1 },
    };
    try {
      await kafka.process.freeze();
      // Its kernel takes the connection all the same; nobody speaks on it.
      await expect(newcomer.publish([event])).rejects.toThrow();
      await kafka.process.thaw();
      await eventually('the broker takes it', () => newcomer.publish([event]).then(() => true), { timeoutMs: 30_000 });
    } finally {
      await newcomer.close();
    }
  }, 90_000);

  it.each([
    ['killed and started 25 s later', () => kafka.process.kill(), () => kafka.process.start()],
    ['frozen for 25 s, longer than every session', () => kafka.process.freeze(), () => kafka.process.thaw()],
  ])(
    'publishes and consumes again after it was %s, and has lost nothing',
    async (what, takeAway, bringBack) => {
      const prefix = `${what[0]}-`;
      const seen = new Set<string>();
      const consumption = await bus.consume({
        group: `away-${what[0]}`,
        topics: ['numbers'],
        onBatch: async (deliveries) => {
          for (const { event } of deliveries) if (event.id.startsWith(prefix)) seen.add(event.id);
        },
      });
      const publisher = publishOn(prefix);
      await eventually('events flow', () => seen.size > 20);
      await takeAway();
      const before = publisher.published.size;
      await clock.sleep(25_000); // how long it is away; nothing to wait for
      expect(publisher.published.size - before).toBeLessThanOrEqual(1);
      await bringBack();
      await eventually('events flow again', () => publisher.published.size > before + 20, { timeoutMs: 60_000 });
      await publisher.stop();
      const missing = (): string[] => [...publisher.published].filter((id) => !seen.has(id));
      await eventually('all of them have come', () => missing().length === 0, { timeoutMs: 60_000 });
      await consumption.stop();
    },
    180_000,
  );
});
