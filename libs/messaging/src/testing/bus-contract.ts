import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { Delivery } from '#saga';
import { eventually, notEmpty } from '#testing';
import type { Bus, ConsumeOptions, Consumption } from '../bus.js';

/** A broker under test, real or in memory. */
export interface BusWorld {
  /** The bus's clock. */
  readonly clock: Clock;
  /** A bus of a separate process. */
  bus(): Bus;
  /** A bus without a reachable broker. */
  busWithoutBroker(): Bus;
  /** Creates a topic with several partitions. @returns its name */
  topic(): Promise<string>;
  /** The group's committed offsets, summed over the topic's partitions. */
  committed(group: string, topic: string): Promise<number>;
  close(): Promise<void>;
}

const typeOf = (number: number): string => `test.${number % 2 === 0 ? 'even' : 'odd'}.v1`;
const numberOf = ({ event }: Delivery): number => (event.data as { number: number }).number;
const byNumber = (a: number, b: number): number => a - b;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

/** The contract of the bus port, for Kafka and for the bus in memory. */
export function busContract(open: () => Promise<BusWorld>): void {
  let world: BusWorld;
  let bus: Bus;
  let groups = 0;
  const buses: Bus[] = [];
  const releases: (() => void)[] = [];

  beforeAll(async () => {
    world = await open();
    bus = world.bus();
  });
  afterEach(async () => {
    for (const release of releases.splice(0)) release();
    await Promise.all(consumptions.splice(0).map((consumption) => consumption.stop()));
    await Promise.all(buses.splice(0).map((each) => each.close()));
  });
  afterAll(async () => {
    await bus.close();
    await world.close();
  });

  const consumptions: Consumption[] = [];
  const soon: typeof eventually = (what, condition) =>
    eventually(what, condition, { clock: world.clock, timeoutMs: 20_000 });
  const newGroup = (): string => `group-${process.pid}-${Date.now()}-${++groups}`;
  const event = (topic: string, key: string, number: number): CloudEvent<{ number: number }> => ({
    id: `${key}.${number}`,
    type: typeOf(number),
    source: 'test',
    topic,
    key,
    time: Date.UTC(2026, 0, 1, 0, 0, number),
    data: { number },
  });

  async function consume(
    topic: string,
    onBatch: ConsumeOptions['onBatch'],
    options: Partial<ConsumeOptions> & { on?: Bus } = {},
  ): Promise<Consumption> {
    const { on = bus, ...rest } = options;
    const consumption = await on.consume({ group: newGroup(), topics: [topic], onBatch, ...rest });
    consumptions.push(consumption);
    return consumption;
  }

  function another(): Bus {
    const each = world.bus();
    buses.push(each);
    return each;
  }

  /** A handler whose batches end when the test ends them. */
  function held() {
    const batches: { numbers: number[]; end(): void; fail(): void }[] = [];
    let open = false;
    const release = (): void => {
      open = true;
      for (const batch of batches) batch.end();
    };
    releases.push(release);
    const onBatch = (deliveries: readonly Delivery[]): Promise<void> =>
      new Promise((resolve, reject) => {
        batches.push({
          numbers: deliveries.map(numberOf),
          end: resolve,
          fail: () => reject(new Error('the test rejects it')),
        });
        if (open) resolve();
      });
    return { batches, onBatch, release, numbers: () => batches.flatMap(({ numbers }) => numbers) };
  }

  /** A handler that records every delivery in order. */
  function seeing() {
    const seen: Delivery[] = [];
    return {
      seen,
      numbers: () => seen.map(numberOf),
      onBatch: async (deliveries: readonly Delivery[]) => void seen.push(...deliveries),
    };
  }

  describe('topics of an earlier version', () => {
    it('are consumed beside the others where they exist', async () => {
      const [topic, former] = [await world.topic(), await world.topic()];
      await bus.publish([event(former, 'a', 1)]);
      const { numbers, onBatch } = seeing();
      await consume(topic, onBatch, { formerTopics: [former, `missing-${former}`] });
      await bus.publish([event(topic, 'a', 2)]);
      await soon('both are delivered', () => numbers().length === 2);
      expect(numbers().toSorted(byNumber)).toEqual([1, 2]);
    });

    it('are committed, so that nothing is delivered again', async () => {
      const [topic, former] = [await world.topic(), await world.topic()];
      const group = newGroup();
      await bus.publish([event(former, 'a', 1)]);
      const first = seeing();
      const consumption = await consume(topic, first.onBatch, { group, formerTopics: [former] });
      await soon('it is delivered', () => first.numbers().length === 1);
      await consumption.stop();
      await bus.publish([event(topic, 'a', 2)]);
      const second = seeing();
      await consume(topic, second.onBatch, { group, formerTopics: [former] });
      await soon('the next is delivered', () => second.numbers().length === 1);
      expect(second.numbers()).toEqual([2]);
    });
  });

  describe('a publish', () => {
    it('is delivered to a later consumer from the earliest record, of several topics, with topic, partition and offset', async () => {
      const [first, second] = [await world.topic(), await world.topic()];
      await bus.publish([event(first, 'a', 1), event(second, 'a', 2), event(first, 'b', 3)]);
      const { seen, numbers, onBatch } = seeing();
      await consume(first, onBatch, { topics: [first, second] });
      await soon('all three have come', () => seen.length === 3);
      expect(numbers().toSorted(byNumber)).toEqual([1, 2, 3]);
      for (const { event, origin } of notEmpty(seen)) {
        expect(origin).toEqual({
          topic: event.topic,
          partition: expect.any(Number),
          offset: expect.stringMatching(/^\d+$/),
        });
      }
    });

    it('delivers events unchanged, with all their attributes', async () => {
      const topic = await world.topic();
      const deadLetter = { topic: 't', partition: 1, offset: '7', consumer: 'ledger', attempts: 3, error: 'ünlucky' };
      const events: CloudEvent[] = [
        event(topic, 'plain', 1),
        { ...event(topic, 'traced', 2), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
        { ...event(topic, 'resent', 3), resent: true },
        { ...event(topic, 'dead', 4), deadLetter },
        { ...event(topic, 'all kinds', 5), data: { text: 'ß "quoted" \n 漢', list: [1, null, true], none: null } },
      ];
      await bus.publish(events);
      const { seen, onBatch } = seeing();
      await consume(topic, onBatch);
      await soon('all have come', () => seen.length === events.length);
      const byId = (a: CloudEvent, b: CloudEvent): number => (a.id < b.id ? -1 : 1);
      expect(seen.map(({ event }) => event).toSorted(byId)).toEqual(events.toSorted(byId));
    });

    it('keeps the order of a key among other keys', async () => {
      const topic = await world.topic();
      const byKey = new Map<string, number[]>();
      await consume(topic, async (deliveries) => {
        for (const delivery of deliveries) {
          const { key } = delivery.event;
          byKey.set(key, [...(byKey.get(key) ?? []), numberOf(delivery)]);
        }
      });
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (const number of upTo(40)) await bus.publish(keys.map((key) => event(topic, key, number)));
      await soon('each key has all', () => keys.every((key) => byKey.get(key)?.length === 40));
      for (const key of keys) expect(byKey.get(key)).toEqual(upTo(40));
    });

    it('of no events resolves at once; of events rejects without a broker', async () => {
      const nowhere = world.busWithoutBroker();
      buses.push(nowhere);
      await nowhere.publish([]);
      await expect(nowhere.publish([event(await world.topic(), 'a', 1)])).rejects.toThrow();
    });
  });

  describe('a consumer', () => {
    it('stops joining when its signal aborts, with the reason', async () => {
      const nowhere = world.busWithoutBroker();
      buses.push(nowhere);
      const giveUp = new AbortController();
      const joining = consume(await world.topic(), () => Promise.resolve(), { on: nowhere, signal: giveUp.signal });
      giveUp.abort(new Error('changed my mind'));
      await expect(joining).rejects.toThrow('changed my mind');
      const again = consume(await world.topic(), () => Promise.resolve(), { on: nowhere, signal: giveUp.signal });
      await expect(again).rejects.toThrow('changed my mind');
    });

    it('gets events as they are published, every group all of them', async () => {
      const topic = await world.topic();
      const [one, other] = [seeing(), seeing()];
      await consume(topic, one.onBatch);
      await consume(topic, other.onBatch);
      await bus.publish(upTo(4).map((number) => event(topic, `k${number}`, number)));
      for (const { numbers } of [one, other]) await soon('all have come', () => numbers().length === 4);
      expect(one.numbers().toSorted(byNumber)).toEqual(other.numbers().toSorted(byNumber));
    });

    it('does not get the types that it does not want, and commits past them', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const { numbers, onBatch } = seeing();
      const options = { group, wants: (type: string) => type === typeOf(0) };
      const first = await consume(topic, onBatch, options);
      await bus.publish(upTo(10).map((number) => event(topic, 'a', number)));
      await soon('the even ones have come', () => numbers().length === 5);
      await soon('all are committed', async () => (await world.committed(group, topic)) === 10);
      await first.stop();
      expect(numbers()).toEqual([0, 2, 4, 6, 8]);
    });

    it('goes on fetching while a batch is in progress, and commits only behind batches that have ended', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const { batches, numbers, onBatch } = held();
      const consumption = await consume(topic, onBatch, { group });
      await bus.publish([event(topic, 'a', 1)]);
      await soon('the first is in hand', () => batches.length === 1);
      await bus.publish([event(topic, 'a', 2)]);
      await soon('the second is in hand beside it', () => batches.length === 2);
      batches[1]!.end();
      await world.clock.sleep(2_500); // longer than the interval of commits
      expect(await world.committed(group, topic)).toBe(0);
      batches[0]!.end();
      await consumption.stop();
      expect(numbers()).toEqual([1, 2]);
      expect(await world.committed(group, topic)).toBe(2);
    });

    it('commits while it runs, not only when it stops', async () => {
      const topic = await world.topic();
      const group = newGroup();
      await consume(topic, () => Promise.resolve(), { group });
      await bus.publish([event(topic, 'a', 1), event(topic, 'a', 2)]);
      await soon('both are committed', async () => (await world.committed(group, topic)) === 2);
    });

    it('stays in its group while a batch takes longer than a session', async () => {
      const topic = await world.topic();
      const { batches, onBatch } = held();
      await consume(topic, onBatch);
      await bus.publish([event(topic, 'a', 1)]);
      await soon('the batch is in hand', () => batches.length === 1);
      await world.clock.sleep(12_000); // a session has 10 s
      await bus.publish([event(topic, 'a', 2)]);
      await soon('it is still a member, and gets the next', () => batches.length === 2);
      expect(batches.map(({ numbers }) => numbers)).toEqual([[1], [2]]);
    });
  });

  describe('a batch that is rejected', () => {
    it('is redelivered, with all later records and no committed one', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const { batches, numbers, onBatch, release } = held();
      await consume(topic, onBatch, { group });
      await bus.publish([event(topic, 'a', 1)]);
      await soon('the first is in hand', () => batches.length === 1);
      batches[0]!.end();
      await soon('the first is committed', async () => (await world.committed(group, topic)) === 1);
      await bus.publish([event(topic, 'a', 2)]);
      await soon('the second is in hand', () => batches.length === 2);
      await bus.publish([event(topic, 'a', 3)]);
      await soon('the third is in hand beside it', () => batches.length === 3);
      batches[2]!.end();
      batches[1]!.fail();
      await soon('both have come again', () => numbers().length === 5);
      release();
      await soon('all are committed', async () => (await world.committed(group, topic)) === 3);
      expect(numbers()).toEqual([1, 2, 3, 2, 3]);
    });

    it('is redelivered as often as it is rejected, also when the handler throws synchronously', async () => {
      const topic = await world.topic();
      const { numbers, onBatch } = seeing();
      let refusals = 0;
      await consume(topic, (deliveries) => {
        if (refusals++ < 2) throw new Error('no');
        return onBatch(deliveries);
      });
      await bus.publish([event(topic, 'a', 1), event(topic, 'a', 2)]);
      await soon('both have come', () => numbers().includes(2));
      expect(numbers()).toEqual([1, 2]);
    });

    it('does not block other keys forever', async () => {
      const topic = await world.topic();
      const seen = new Set<string>();
      await consume(topic, async (deliveries) => {
        if (deliveries.some(({ event }) => event.key === 'k0') && !seen.has('k7')) throw new Error('not yet');
        for (const { event } of deliveries) seen.add(event.key);
      });
      await bus.publish(upTo(8).map((number) => event(topic, `k${number}`, number)));
      await soon('all have come', () => seen.size === 8);
    });
  });

  describe('a member that stops', () => {
    it('waits for batches in progress, commits them, and leaves the rest to the next member at once', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const { batches, onBatch } = held();
      const first = await consume(topic, onBatch, { group });
      await bus.publish([event(topic, 'a', 1)]);
      await soon('the batch is in hand', () => batches.length === 1);
      let stoppedMs: number | undefined;
      const stopping = first.stop().then(() => (stoppedMs = world.clock.monotonicMs()));
      await bus.publish([event(topic, 'a', 2)]);
      await world.clock.sleep(500);
      expect(stoppedMs).toBeUndefined();
      const releasedMs = world.clock.monotonicMs();
      batches[0]!.end();
      await stopping;
      expect(stoppedMs! - releasedMs).toBeLessThan(2_000);
      expect(await world.committed(group, topic)).toBe(1);
      const { numbers, onBatch: onNext } = seeing();
      await consume(topic, onNext, { group });
      expect(world.clock.monotonicMs() - releasedMs).toBeLessThan(5_000);
      await soon('the next member gets what came later', () => numbers().length === 1);
      expect(numbers()).toEqual([2]);
      expect(batches).toHaveLength(1);
    });

    it('is stopped when its bus closes', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const own = world.bus();
      const { numbers, onBatch } = seeing();
      await own.consume({ group, topics: [topic], onBatch });
      await bus.publish([event(topic, 'a', 1)]);
      await soon('it has come', () => numbers().length === 1);
      await own.close();
      expect(await world.committed(group, topic)).toBe(1);
      await bus.publish([event(topic, 'a', 2)]);
      await world.clock.sleep(1_000);
      expect(numbers()).toEqual([1]);
    });
  });

  describe('two members of a group', () => {
    it('share the partitions, and lose nothing and redeliver little when one joins and leaves in mid-batch', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const seen: { id: string; by: string }[] = [];
      const slowly =
        (by: string) =>
        async (deliveries: readonly Delivery[]): Promise<void> => {
          await world.clock.sleep(20);
          seen.push(...deliveries.map(({ event }) => ({ id: event.id, by })));
        };
      const by = (member: string): number => seen.filter((each) => each.by === member).length;
      const published = new Set<string>();
      const done = new AbortController();
      const publishing = (async () => {
        for (let number = 0; !done.signal.aborted; number++) {
          const events = upTo(10).map((key) => event(topic, `k${key}`, number));
          for (const { id } of events) published.add(id);
          await bus.publish(events);
          await world.clock.sleep(5);
        }
      })();
      await consume(topic, slowly('first'), { group });
      await soon('the first works', () => by('first') > 100);
      const second = await consume(topic, slowly('second'), { group, on: another() });
      await soon('the second works', () => by('second') > 100);
      const before = by('first');
      await soon('and the first goes on', () => by('first') > before + 100);
      await second.stop();
      done.abort();
      await publishing;
      const distinct = (): number => new Set(seen.map(({ id }) => id)).size;
      await soon('all are processed', () => distinct() === published.size);
      expect(seen.length).toBeLessThan(published.size * 2);
    });

    it('may both get a batch that was in progress during a rebalance, and nothing is lost', async () => {
      const topic = await world.topic();
      const group = newGroup();
      const [first, second] = [held(), held()];
      await consume(topic, first.onBatch, { group });
      await bus.publish(upTo(16).map((number) => event(topic, `k${number}`, number)));
      await soon('the first has all in hand', () => first.numbers().length === 16);
      second.release();
      await consume(topic, second.onBatch, { group, on: another() });
      await soon('the second has some of them too', () => second.numbers().length > 0);
      first.release();
      await soon('all are committed', async () => (await world.committed(group, topic)) === 16);
      const counts = Map.groupBy([...first.numbers(), ...second.numbers()], (number) => number);
      for (const number of notEmpty(upTo(16))) expect([1, 2]).toContain(counts.get(number)?.length);
      expect(new Set(second.numbers()).size).toBeLessThan(16);
    });
  });
}
