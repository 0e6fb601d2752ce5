import { describe, expect, it } from '@jest/globals';
import type { ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs';
import type { Delivery } from '#saga';
import { eventually, FakeClock } from '#testing';
import { KafkaJsConsumption } from './kafka-js-consumption.js';

type Listener = (event: { payload: unknown }) => void;

/** kafkajs' consumer as this library uses it. The test makes it crash. */
class StubConsumer {
  readonly events = { CRASH: 'crash', FETCH: 'fetch', REBALANCING: 'rebalancing', GROUP_JOIN: 'join' };
  readonly committed: unknown[] = [];
  #listeners = new Map<string, Listener>();
  #eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  heartbeats = 0;
  paused = false;
  disconnected = false;

  constructor(private readonly memberId: string) {}

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, listener);
  }
  async connect(): Promise<void> {}
  async subscribe(): Promise<void> {}
  async run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> {
    this.#eachBatch = eachBatch;
    this.emit('join', { memberId: this.memberId, memberAssignment: { t: [0] } });
  }
  pause(): void {
    this.paused = true;
  }
  async commitOffsets(offsets: { offset: string }[]): Promise<void> {
    this.committed.push(...offsets.map(({ offset }) => offset));
  }
  async disconnect(): Promise<void> {
    this.disconnected = true;
  }

  emit(name: string, payload: unknown): void {
    this.#listeners.get(name)!({ payload });
  }

  /** Fetches one batch of partition 0 with these offsets. */
  fetched(...offsets: number[]): Promise<void> {
    const messages = offsets.map((offset) => ({ offset: String(offset), key: null, value: null, headers: {} }));
    return this.#eachBatch!({
      batch: { topic: 't', partition: 0, messages, highWatermark: String(offsets.at(-1)! + 1) },
      resolveOffset: () => undefined,
      heartbeat: async () => void this.heartbeats++,
    } as unknown as EachBatchPayload);
  }
}

async function setUp() {
  const clock = new FakeClock();
  const consumers: StubConsumer[] = [];
  const left: string[] = [];
  const leaveGroup = async ({ memberId }: { memberId: string }): Promise<void> => {
    if (left.includes(memberId)) throw Object.assign(new Error('no such member'), { type: 'UNKNOWN_MEMBER_ID' });
    left.push(memberId);
  };
  const kafka = {
    consumer: ({ partitionAssigners }: ConsumerConfig) => {
      consumers.push(new StubConsumer(`member-${consumers.length}`));
      const cluster = { findGroupCoordinator: async () => ({ leaveGroup }) };
      partitionAssigners![0]!({ cluster } as never);
      return consumers.at(-1);
    },
  } as unknown as Kafka;
  const batches: { offsets: number[]; end(): void; fail(): void }[] = [];
  const onBatch = (deliveries: readonly Delivery[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const offsets = deliveries.map(({ origin }) => Number(origin.offset));
      batches.push({ offsets, end: resolve, fail: () => reject(new Error('no')) });
    });
  const consumption = new KafkaJsConsumption(kafka, { group: 'g', topics: ['t'], onBatch, clock, observer: undefined });
  await consumption.joined();
  await clock.advance(0);
  const offsets = (): number[][] => batches.map((batch) => batch.offsets);
  return { clock, consumers, batches, offsets, consumption, left };
}

describe('KafkaJsConsumption', () => {
  it('rejoins after a crash, and does not redeliver batches in progress', async () => {
    const { clock, consumers, batches, offsets } = await setUp();
    await consumers[0]!.fetched(0, 1);
    consumers[0]!.emit('crash', { error: new Error('gone') });
    await clock.advance(2_000);
    expect(consumers).toHaveLength(2);
    expect(consumers[0]!.disconnected).toBe(true);
    await consumers[1]!.fetched(0, 1, 2);
    expect(offsets()).toEqual([[0, 1], [2]]);
    batches[0]!.end();
    batches[1]!.end();
    await clock.advance(1_000);
    expect(consumers[1]!.committed).toEqual(['3']);
  });

  it('leaves its group as the crashed member, so that the group does not wait for its session to time out', async () => {
    const { clock, consumers, left } = await setUp();
    consumers[0]!.emit('crash', { error: new Error('gone') });
    await clock.advance(2_000);
    expect({ left, consumers: consumers.length }).toEqual({ left: ['member-0'], consumers: 2 });
  });

  it('rejoins when the broker no longer knows the crashed member', async () => {
    const { clock, consumers, left } = await setUp();
    left.push('member-0');
    consumers[0]!.emit('crash', { error: new Error('gone') });
    await clock.advance(2_000);
    expect(consumers).toHaveLength(2);
    await consumers[1]!.fetched(0);
  });

  it.each(['while it is between consumers', 'when the next one has joined'])(
    'redelivers a batch that a former consumer fetched, and that fails %s',
    async (when) => {
      const { clock, consumers, batches, offsets } = await setUp();
      await consumers[0]!.fetched(0, 1);
      consumers[0]!.emit('crash', { error: new Error('gone') });
      await clock.advance(0);
      if (when.startsWith('when')) await clock.advance(2_000);
      batches[0]!.fail();
      await clock.advance(5_000);
      await consumers.at(-1)!.fetched(0, 1);
      expect(offsets()).toEqual([
        [0, 1],
        [0, 1],
      ]);
    },
  );

  it('rejoins when the consumer is silent', async () => {
    const { clock, consumers } = await setUp();
    await clock.advance(20_000);
    consumers[0]!.emit('fetch', {});
    await clock.advance(29_000);
    expect(consumers).toHaveLength(1);
    await clock.advance(5_000);
    expect(consumers).toHaveLength(2);
  });

  it('pauses fetching above its limit of deliveries in progress, and stays a member', async () => {
    const { clock, consumers, batches } = await setUp();
    let fetchesOn = false;
    const taking = consumers[0]!.fetched(...Array(2_000).keys()).then(() => (fetchesOn = true));
    await clock.advance(60_000);
    expect({ fetchesOn, consumers: consumers.length }).toEqual({ fetchesOn: false, consumers: 1 });
    expect(consumers[0]!.heartbeats).toBe(60);
    batches[0]!.end();
    await taking;
  });

  it('on stop, fetches nothing, waits for batches in progress, and commits them before it leaves', async () => {
    const { clock, consumers, batches, consumption } = await setUp();
    await consumers[0]!.fetched(0, 1);
    let stopped = false;
    const stopping = consumption.stop().then(() => (stopped = true));
    await eventually('it pauses', () => consumers[0]!.paused);
    await consumers[0]!.fetched(2);
    expect(batches).toHaveLength(1);
    expect({ stopped, left: consumers[0]!.disconnected }).toEqual({ stopped: false, left: false });
    batches[0]!.end();
    await stopping;
    expect(consumers[0]!.committed).toEqual(['2']);
    expect(consumers[0]!.disconnected).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});
