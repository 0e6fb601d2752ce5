import {
  PartitionAssigners,
  type Broker,
  type Cluster,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  type KafkaMessage,
} from 'kafkajs';
import { fullJitterMs, type Clock } from '#clock';
import type { Delivery } from '#saga';
import type { ConsumeOptions, Consumption } from './bus.js';
import { decode, typeOf } from './cloud-event-wire.js';
import { PartitionProgress } from './partition-progress.js';

export interface ConsumptionObserver {
  /** The broker has answered a request. @param name as in Kafka's protocol: `Fetch`, `Heartbeat`, … */
  onRequest?(name: string): void;
  /** A consumption begins. @param lag asks for the records of each topic that it has not processed */
  onConsumption?(lag: () => ReadonlyMap<string, number>): void;
  /** The group rebalances while `inHand` deliveries are in progress. */
  onRebalance?(report: { group: string; inHand: number }): void;
  /** A new consumer joins, because one crashed or was silent, or a batch was rejected. */
  onRestart?(report: { group: string; error: unknown }): void;
}

interface ConsumptionOptions extends ConsumeOptions {
  readonly clock: Clock;
  readonly observer: ConsumptionObserver | undefined;
}

const TICK_MS = 1_000;
/** Short: members learn of a rebalance by heartbeat, and partitions that move stall until the last one has. */
const HEARTBEAT_MS = 300;
const SESSION_TIMEOUT_MS = 10_000;
/** `fetch.max.wait.ms`: leaving the group waits for the fetch in flight. */
const LONG_POLL_MS = 250;
/** Deliveries in progress. Above this, fetching pauses. */
const MAX_IN_HAND = 2_000;
/** kafkajs can hang without a crash event: a consumer that is silent for this long is replaced. */
const SILENCE_MS = 30_000;
/** Short: it delays events after a broker outage. */
const REJOIN = { baseMs: 200, capMs: 500 };

/**
 * A consumer of one group that survives kafkajs' crashes: a crash or silence ends the session, and a new consumer joins.
 * Fetching does not wait for processing, so heartbeats go on during a long batch; MAX_IN_HAND bounds it.
 */
export class KafkaJsConsumption implements Consumption {
  readonly #partitions = new Map<string, PartitionProgress>();
  readonly #stopping = new AbortController();
  readonly #firstJoin = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  #session = new Session();
  /** A batch was rejected: everything since the last committed offset must be redelivered. */
  #mustRedeliver = false;
  /** The member id of this consumer, or of the one before it. */
  #memberId: string | undefined;
  #inHand = 0;
  #roomMade: (() => void)[] = [];

  constructor(
    private readonly kafka: Kafka,
    private readonly options: ConsumptionOptions,
  ) {
    // `joined` may have no caller, and a stop before the first join is no error.
    this.#firstJoin.promise.catch(() => undefined);
    options.observer?.onConsumption?.(() => this.#lag());
    this.#running = this.#keepAlive();
  }

  joined(): Promise<void> {
    return this.#firstJoin.promise;
  }

  async stop(reason: unknown = new Error('the consumer is stopping')): Promise<void> {
    this.#stopping.abort(reason);
    this.#session.end();
    this.#makeRoom();
    await this.#running;
  }

  #lag(): Map<string, number> {
    const lag = new Map<string, number>();
    for (const [place, progress] of this.#partitions) {
      const { topic } = placeOf(place);
      lag.set(topic, (lag.get(topic) ?? 0) + progress.lag);
    }
    return lag;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #keepAlive(): Promise<void> {
    const { clock, group, observer } = this.options;
    for (let attempt = 1; !this.#stopped; attempt++) {
      const session = (this.#session = new Session());
      if (this.#mustRedeliver) this.#partitions.clear();
      this.#mustRedeliver = false;
      const consumer = this.#newConsumer(session);
      const failure = await this.#run(consumer, session).then(
        () => session.failure,
        (error: unknown) => error,
      );
      await consumer.disconnect().catch(() => undefined);
      if (this.#stopped) break;
      observer?.onRestart?.({ group, error: failure });
      if (session.joined) attempt = 1;
      const delayMs = fullJitterMs(attempt, REJOIN, () => clock.random());
      await clock.sleep(delayMs, this.#stopping.signal).catch(() => undefined);
    }
    this.#firstJoin.reject(this.#stopping.signal.reason);
  }

  #newConsumer(session: Session): Consumer {
    const { clock, group, observer } = this.options;
    const consumer = this.kafka.consumer({
      groupId: group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: LONG_POLL_MS,
      minBytes: 1,
      maxBytesPerPartition: 512 * 1024,
      maxBytes: 4 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false },
      // kafkajs' default assigner. A factory is the only way to get the consumer's cluster object.
      partitionAssigners: [
        (config) => {
          session.cluster = config.cluster;
          return PartitionAssigners.roundRobin(config);
        },
      ],
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => session.fail(payload.error));
    consumer.on(consumer.events.REQUEST, ({ payload }) => observer?.onRequest?.(payload.apiName));
    consumer.on(consumer.events.FETCH, () => session.alive(clock.monotonicMs()));
    consumer.on(consumer.events.REBALANCING, () => {
      observer?.onRebalance?.({ group, inHand: this.#inHand });
      void this.#commit(consumer);
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      session.alive(clock.monotonicMs());
      session.joined = true;
      this.#memberId = payload.memberId;
      this.#keepOnly(payload.memberAssignment);
      this.#firstJoin.resolve();
    });
    return consumer;
  }

  /** Returns when the session has ended. After a stop, all batches are processed and committed. */
  async #run(consumer: Consumer, session: Session): Promise<void> {
    const { clock, topics, formerTopics = [] } = this.options;
    await consumer.connect();
    // kafkajs fails for a missing topic, but subscribes to the existing ones of a pattern.
    const ifExisting = formerTopics.map((topic) => new RegExp(`^${topic.replaceAll('.', '\\.')}$`));
    await consumer.subscribe({ topics: [...topics, ...ifExisting], fromBeginning: true });
    await this.#leaveAsFormerMember(session);
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#take(payload, session),
    });
    session.alive(clock.monotonicMs());
    const ticking = this.#tick(consumer, session);
    await session.whenEnded;
    if (this.#stopped) {
      // Drain before leaving the group. The paused fetch loop keeps sending heartbeats.
      this.#pause(consumer);
      while (this.#inHand > 0) await this.#roomOrTick();
    }
    ticking.cancel();
    await this.#commit(consumer);
  }

  /** Sends LeaveGroup for a crashed member: otherwise the rebalance waits for its session time-out (10 s). */
  async #leaveAsFormerMember({ cluster }: Session): Promise<void> {
    const { group: groupId } = this.options;
    const memberId = this.#memberId;
    if (memberId === undefined || !cluster) return;
    try {
      const coordinator = (await cluster.findGroupCoordinator({ groupId })) as Broker & Leavable;
      await coordinator.leaveGroup({ groupId, memberId });
    } catch (error) {
      if (!isUnknownMember(error)) throw error;
    }
    this.#memberId = undefined;
  }

  /** Every second: commits processed offsets, and checks that the consumer is not silent. */
  #tick(consumer: Consumer, session: Session): { cancel(): void } {
    const { clock } = this.options;
    const tick = (): void => {
      void this.#commit(consumer);
      if (clock.monotonicMs() - session.lastSignMs > SILENCE_MS) session.fail(new Error('nothing heard from it'));
      timer = clock.after(TICK_MS, tick);
    };
    let timer = clock.after(TICK_MS, tick);
    return { cancel: () => timer.cancel() };
  }

  #pause(consumer: Consumer): void {
    try {
      const { topics, formerTopics = [] } = this.options;
      consumer.pause([...topics, ...formerTopics].map((topic) => ({ topic })));
    } catch {
      // Between a crash and the next session there is no fetching to pause.
    }
  }

  /** kafkajs fetches the next batch when this returns, so return before the batch is processed, up to MAX_IN_HAND. */
  async #take(payload: EachBatchPayload, session: Session): Promise<void> {
    const { clock } = this.options;
    if (session.ended) return;
    const { batch } = payload;
    this.#deliver(batch.topic, batch.partition, batch.messages);
    this.#progressOf(batch.topic, batch.partition).endsAt(Number(batch.highWatermark));
    payload.resolveOffset(batch.messages.at(-1)!.offset);
    while (this.#inHand >= MAX_IN_HAND && !session.ended) {
      await this.#roomOrTick();
      session.alive(clock.monotonicMs());
      await payload.heartbeat();
    }
  }

  #deliver(topic: string, partition: number, messages: readonly KafkaMessage[]): void {
    const progress = this.#progressOf(topic, partition);
    const firstNew = progress.firstNew(Number(messages[0]!.offset));
    const next = Number(messages.at(-1)!.offset) + 1;
    if (next <= firstNew) return;
    const { wants } = this.options;
    const deliveries: Delivery[] = [];
    for (const { offset, key, value, headers } of messages) {
      if (Number(offset) < firstNew || (wants && !wants(typeOf({ headers })))) continue;
      deliveries.push({
        event: decode({ topic, partition, offset, key, value, headers }),
        origin: { topic, partition, offset },
      });
    }
    const processed = progress.begin(next);
    if (deliveries.length === 0) return processed();
    this.#inHand += deliveries.length;
    void this.#process(deliveries, processed);
  }

  async #process(deliveries: readonly Delivery[], processed: () => void): Promise<void> {
    try {
      await this.options.onBatch(deliveries);
      processed();
    } catch (error) {
      // Nothing behind a failed batch is committed. Restart the current session, not the one that fetched it.
      this.#mustRedeliver = true;
      this.#session.fail(error);
    } finally {
      this.#inHand -= deliveries.length;
      this.#makeRoom();
    }
  }

  async #commit(consumer: Consumer): Promise<void> {
    const offsets = [...this.#partitions].flatMap(([place, progress]) => {
      const offset = progress.uncommitted;
      return offset === undefined ? [] : [{ place, progress, offset }];
    });
    if (offsets.length === 0) return;
    try {
      await consumer.commitOffsets(offsets.map(({ place, offset }) => ({ ...placeOf(place), offset: String(offset) })));
      for (const { progress, offset } of offsets) progress.committed(offset);
    } catch {
      // The session ended or the broker is away: the inbox drops the redelivery.
    }
  }

  #progressOf(topic: string, partition: number): PartitionProgress {
    const place = `${topic} ${partition}`;
    let progress = this.#partitions.get(place);
    if (!progress) this.#partitions.set(place, (progress = new PartitionProgress()));
    return progress;
  }

  /** Drops the progress of partitions that moved to another member. */
  #keepOnly(assignment: Readonly<Record<string, readonly number[]>>): void {
    for (const place of this.#partitions.keys()) {
      const { topic, partition } = placeOf(place);
      if (!assignment[topic]?.includes(partition)) this.#partitions.delete(place);
    }
  }

  #roomOrTick(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.clock.after(TICK_MS, resolve);
      this.#roomMade.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #makeRoom(): void {
    for (const resolve of this.#roomMade.splice(0)) resolve();
  }
}

/** One consumer's membership of the group, until a crash or a stop. */
class Session {
  readonly #end = Promise.withResolvers<void>();
  cluster: Cluster | undefined;
  joined = false;
  lastSignMs = 0;
  ended = false;
  failure: unknown;

  get whenEnded(): Promise<void> {
    return this.#end.promise;
  }

  alive(nowMs: number): void {
    this.lastSignMs = nowMs;
  }

  fail(reason: unknown): void {
    this.failure ??= reason;
    this.end();
  }

  end(): void {
    this.ended = true;
    this.#end.resolve();
  }
}

/** kafkajs' request, missing from its types. */
interface Leavable {
  leaveGroup(request: { groupId: string; memberId: string }): Promise<void>;
}

/** The former member has left already, or its session has timed out. */
const isUnknownMember = (error: unknown): boolean =>
  (error as { type?: unknown } | undefined)?.type === 'UNKNOWN_MEMBER_ID';

function placeOf(place: string): { topic: string; partition: number } {
  const [topic, partition] = place.split(' ') as [string, string];
  return { topic, partition: Number(partition) };
}
