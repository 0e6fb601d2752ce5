import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { SystemClock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { Delivery } from '#saga';
import { eventually } from '#testing';
import type { Consumption } from './bus.js';
import { KafkaJsBus } from './kafka-js-bus.js';

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
  const rebalances: number[] = [];
  const bus = new KafkaJsBus({
    brokers,
    clock,
    observer: { onRebalance: ({ inHand }) => void rebalances.push(inHand) },
  });
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

  async function topicOf(what: string, partitions = 2): Promise<string> {
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

  async function committed(group: string, topic: string): Promise<number> {
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return found!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  }

  it('delivers one send to several topics, from the earliest record, each with its place', async () => {
    const [first, second] = [await topicOf('first'), await topicOf('second')];
    await bus.publish([event(first, 'a', 1), event(second, 'a', 2), event(first, 'b', 3)]);
    const seen: Delivery[] = [];
    const consumption = await bus.consume({
      group: unique('group'),
      topics: [first, second],
      onBatch: async (deliveries) => void seen.push(...deliveries),
    });
    consumptions.push(consumption);
    await eventually('all three are delivered', () => seen.length === 3);
    expect(numbersOf(seen).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    for (const { event, origin } of seen)
      expect(origin).toMatchObject({ topic: event.topic, offset: expect.any(String) });
  });

  it('keeps the order of a key', async () => {
    const topic = await topicOf('order', 3);
    const seen = new Map<string, number[]>();
    await consume(topic, async (deliveries) => {
      for (const { event } of deliveries) {
        seen.set(event.key, [...(seen.get(event.key) ?? []), ...numbersOf([{ event } as Delivery])]);
      }
    });
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (let number = 0; number < 40; number++) await bus.publish(keys.map((key) => event(topic, key, number)));
    const all = Array.from({ length: 40 }, (_, number) => number);
    await eventually('each key has all', () => keys.every((key) => seen.get(key)?.length === 40));
    for (const key of keys) expect(seen.get(key)).toEqual(all);
  });

  it('goes on fetching while a batch is being worked on, and commits only behind what has ended', async () => {
    const topic = await topicOf('overlap', 1);
    const group = unique('group');
    const ends: (() => void)[] = [];
    const seen: number[] = [];
    const consumption = await consume(
      topic,
      (deliveries) => {
        seen.push(...numbersOf(deliveries));
        return new Promise((resolve) => ends.push(resolve));
      },
      group,
    );
    await bus.publish([event(topic, 'a', 1)]);
    await eventually('the first is in hand', () => ends.length === 1);
    await bus.publish([event(topic, 'a', 2)]);
    await eventually('the second is in hand beside it', () => ends.length === 2);
    ends[1]!();
    ends[0]!();
    await consumption.stop();
    expect(seen).toEqual([1, 2]);
    expect(await committed(group, topic)).toBe(2);
  });

  it('drains on stop: waits for the batch in hand, commits it, leaves the group at once', async () => {
    const topic = await topicOf('drain', 1);
    const group = unique('group');
    const { promise, resolve } = Promise.withResolvers<void>();
    let taken = false;
    const first = await consume(
      topic,
      () => {
        taken = true;
        return promise;
      },
      group,
    );
    await bus.publish([event(topic, 'a', 1)]);
    await eventually('the batch is in hand', () => taken);
    const stopped = first.stop().then(() => clock.monotonicMs());
    await bus.publish([event(topic, 'a', 2)]);
    const releasedMs = clock.monotonicMs();
    resolve();
    expect((await stopped) - releasedMs).toBeLessThan(2_000);
    const seen: number[] = [];
    await consume(topic, async (deliveries) => void seen.push(...numbersOf(deliveries)), group);
    expect(clock.monotonicMs() - releasedMs).toBeLessThan(5_000);
    await eventually('the next member gets what came later, and only that', () => seen.length === 1);
    expect(seen).toEqual([2]);
  });

  it('delivers a rejected batch again, with all behind it', async () => {
    const topic = await topicOf('rejected', 1);
    const seen: number[] = [];
    let refused = false;
    await consume(topic, async (deliveries) => {
      if (!refused) {
        refused = true;
        throw new Error('no');
      }
      seen.push(...numbersOf(deliveries));
    });
    await bus.publish([event(topic, 'a', 1), event(topic, 'a', 2)]);
    await eventually('both come again', () => seen.length === 2, { timeoutMs: 15_000 });
    expect(seen).toEqual([1, 2]);
  });

  it('loses nothing and doubles little when a second member joins in mid-batch', async () => {
    const topic = await topicOf('rebalance', 4);
    const group = unique('group');
    const seen: string[] = [];
    const slow = async (deliveries: readonly Delivery[]): Promise<void> => {
      await clock.sleep(20);
      seen.push(...deliveries.map(({ event }) => event.id));
    };
    const ids = new Set<string>();
    const done = new AbortController();
    const publisher = (async () => {
      for (let number = 0; !done.signal.aborted; number++) {
        const events = Array.from({ length: 10 }, (_, key) => event(topic, `k${key}`, number));
        for (const { id } of events) ids.add(id);
        await bus.publish(events);
      }
    })();
    await consume(topic, slow, group);
    await eventually('the first member works', () => seen.length > 100);
    const elsewhere = new KafkaJsBus({ brokers, clock });
    const second = await elsewhere.consume({ group, topics: [topic], onBatch: slow });
    await eventually('both work', () => seen.length > 1_000, { timeoutMs: 20_000 });
    await second.stop();
    await elsewhere.close();
    done.abort();
    await publisher;
    await eventually('all are processed', () => new Set(seen).size === ids.size, { timeoutMs: 20_000 });
    expect(seen.length).toBeLessThan(ids.size * 2);
    expect(rebalances.length).toBeGreaterThan(0);
  }, 60_000);

  it('stays in its group while a batch takes longer than the session', async () => {
    const topic = await topicOf('long', 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    let calls = 0;
    await consume(topic, () => {
      calls++;
      return promise;
    });
    await bus.publish([event(topic, 'a', 1)]);
    await eventually('the batch is in hand', () => calls === 1);
    await clock.sleep(12_000); // the broker's own clock: longer than the session's 10 s
    await bus.publish([event(topic, 'a', 2)]);
    await eventually('it is still a member, and gets the next', () => calls === 2);
    resolve();
  }, 30_000);

  it('goes on from the earliest record there is when those it stood before were deleted', async () => {
    const topic = await topicOf('deleted', 1);
    const group = unique('group');
    const seen: number[] = [];
    const onBatch = async (deliveries: readonly Delivery[]): Promise<void> => void seen.push(...numbersOf(deliveries));
    await bus.publish([event(topic, 'a', 1)]);
    const first = await consume(topic, onBatch, group);
    await eventually('the first came', () => seen.length === 1);
    await first.stop();
    await bus.publish([event(topic, 'a', 2), event(topic, 'a', 3), event(topic, 'a', 4)]);
    await admin.fetchTopicOffsets(topic); // kafkajs deletes only where it has looked before
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
    await consume(topic, onBatch, group);
    await eventually('what is left came', () => seen.length === 2, { timeoutMs: 15_000 });
    expect(seen).toEqual([1, 4]);
  }, 30_000);

  it('joins as soon as its topic is created', async () => {
    const topic = unique('later');
    const seen: number[] = [];
    const joining = consume(topic, async (deliveries) => void seen.push(...numbersOf(deliveries)));
    await bus.ensureTopics([topic], 1);
    await joining;
    await bus.publish([event(topic, 'a', 1)]);
    await eventually('it gets what is published', () => seen.length === 1);
  }, 20_000);

  it('gives up joining when asked to, be Kafka there or not', async () => {
    const nowhere = new KafkaJsBus({ brokers: ['127.0.0.1:1'], clock });
    const giveUp = new AbortController();
    const joining = nowhere.consume({
      group: 'g',
      topics: ['t'],
      onBatch: () => Promise.resolve(),
      signal: giveUp.signal,
    });
    giveUp.abort(new Error('changed my mind'));
    await expect(joining).rejects.toThrow('changed my mind');
    await expect(nowhere.publish([event('t', 'a', 1)])).rejects.toThrow('ECONNREFUSED');
    await nowhere.close();
  }, 20_000);

  it('hands a publish to its consumer within milliseconds when nothing else goes on', async () => {
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
