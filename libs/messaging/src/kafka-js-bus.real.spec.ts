import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { SystemClock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { Delivery } from '#saga';
import { eventually } from '#testing';
import type { Consumption } from './bus.js';
import { KafkaJsBus } from './kafka-js-bus.js';
import { busContract } from './testing/bus-contract.js';

const clock = new SystemClock();
const brokers = [process.env['TEST_KAFKA_BROKERS']!];

let count = 0;
const unique = (what: string): string => `${what}-${process.pid}-${clock.now()}-${++count}`;

function event(topic: string, key: string, number: number): CloudEvent<{ number: number }> {
  return {
    id: `${key}.${number}`,
    type: 'test.counted.v1',
    source: 'test',
    topic,
    key,
    time: clock.now(),
    data: { number },
  };
}

const numbersOf = (deliveries: readonly Delivery[]): number[] =>
  deliveries.map(({ event }) => (event.data as { number: number }).number);

describe('KafkaJsBus', () => {
  const bus = new KafkaJsBus({ brokers, clock });
  const admin: Admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  const consumptions: Consumption[] = [];

  beforeAll(() => admin.connect());
  afterEach(async () => {
    await Promise.all(consumptions.splice(0).map((consumption) => consumption.stop()));
  });
  afterAll(async () => {
    await bus.close();
    await admin.disconnect();
  });

  async function topicOf(what: string, partitions = 1): Promise<string> {
    const topic = unique(what);
    await bus.ensureTopics([topic], partitions);
    return topic;
  }

  async function consume(
    topic: string,
    onBatch: (deliveries: readonly Delivery[]) => Promise<void>,
    group = unique('group'),
  ): Promise<Consumption> {
    const consumption = await bus.consume({ group, topics: [topic], onBatch });
    consumptions.push(consumption);
    return consumption;
  }

  busContract(() =>
    Promise.resolve({
      clock,
      bus: () => new KafkaJsBus({ brokers, clock }),
      busWithoutBroker: () => new KafkaJsBus({ brokers: ['127.0.0.1:1'], clock }),
      topic: () => topicOf('contract', 4),
      committed: async (group, topic) => {
        const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        return found!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      },
      close: () => Promise.resolve(),
    }),
  );

  it('goes on from the earliest record when the records at its offset were deleted', async () => {
    const topic = await topicOf('deleted', 1);
    const group = unique('group');
    const seen: number[] = [];
    const onBatch = async (deliveries: readonly Delivery[]): Promise<void> => void seen.push(...numbersOf(deliveries));
    await bus.publish([event(topic, 'a', 1)]);
    const first = await consume(topic, onBatch, group);
    await eventually('the first came', () => seen.length === 1);
    await first.stop();
    await bus.publish([event(topic, 'a', 2), event(topic, 'a', 3), event(topic, 'a', 4)]);
    await admin.fetchTopicOffsets(topic); // kafkajs deletes records only of topics whose metadata it has loaded
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
    await consume(topic, onBatch, group);
    await eventually('what is left came', () => seen.length === 2, { timeoutMs: 15_000 });
    expect(seen).toEqual([1, 4]);
  }, 30_000);

  it('goes on with its other topics when a topic of an earlier version is deleted', async () => {
    const [topic, former] = [await topicOf('events'), await topicOf('former')];
    const seen: number[] = [];
    const onBatch = async (deliveries: readonly Delivery[]): Promise<void> => void seen.push(...numbersOf(deliveries));
    const consumption = await bus.consume({ group: unique('group'), topics: [topic], formerTopics: [former], onBatch });
    consumptions.push(consumption);
    const before = new KafkaJsBus({ brokers, clock });
    await before.publish([event(former, 'a', 1)]);
    await before.close();
    await eventually('the former event came', () => seen.length === 1);
    await admin.deleteTopics({ topics: [former] });
    await bus.publish([event(topic, 'a', 2)]);
    await eventually('the next came', () => seen.length === 2, { timeoutMs: 15_000 });
    await bus.publish([event(topic, 'a', 3)]);
    await eventually('another came', () => seen.length === 3, { timeoutMs: 15_000 });
    expect(seen).toEqual([1, 2, 3]);
  }, 60_000);

  it('joins as soon as its topic is created', async () => {
    const topic = unique('later');
    const seen: number[] = [];
    const joining = consume(topic, async (deliveries) => void seen.push(...numbersOf(deliveries)));
    await bus.ensureTopics([topic], 1);
    await joining;
    await bus.publish([event(topic, 'a', 1)]);
    await eventually('it gets what is published', () => seen.length === 1);
  }, 20_000);

  it('delivers a published event within milliseconds when idle', async () => {
    const topic = await topicOf('latency', 1);
    let arrived: (() => void) | undefined;
    await consume(topic, async () => arrived?.());
    const hops: number[] = [];
    for (let number = 0; number < 200; number++) {
      const startedMs = clock.monotonicMs();
      const { promise, resolve } = Promise.withResolvers<void>();
      arrived = resolve;
      await bus.publish([event(topic, 'a', number)]);
      await promise;
      hops.push(clock.monotonicMs() - startedMs);
    }
    hops.sort((a, b) => a - b);
    if (process.env['SHOW_NUMBERS']) process.stdout.write(`hop p50 ${hops[100]} ms, p90 ${hops[180]} ms\n`);
    expect(hops[100]).toBeLessThan(20);
  });
});
