import type { CloudEvent } from '#contracts';
import { decode, encode, PartitionProgress, typeOf, type Bus, type ConsumeOptions, type Consumption } from '#messaging';
import type { Delivery } from '#saga';
import type { Assignment, Broker, GroupMember, StoredRecord } from './broker.js';
import type { SimulatedNetwork } from './network.js';
import type { SimulatedProcess } from './simulated-process.js';

export interface BrokerHost {
  readonly broker: Broker;
  readonly network: SimulatedNetwork;
  readonly faults: BusFaults;
  readonly observer?: BusObserver;
}

export interface BusFaults {
  /** The fault, if any, for a send that is leaving the process. */
  onPublish(process: SimulatedProcess, events: readonly CloudEvent[]): 'nothing' | PublishFault;
}

export interface Appended {
  readonly topic: string;
  readonly record: StoredRecord;
}

/** Lost before the broker has it; only the acknowledgment lost; or lost after it, as by an unclean leader election. */
export type PublishFault = 'lost_before' | 'lost_after' | 'lost_acknowledged';

/** Observes what the broker and group members know, for the simulation's checks. */
export interface BusObserver {
  /** The broker has appended the records; their sender may not know it yet. */
  onAppended(process: SimulatedProcess, appended: readonly Appended[]): void;
  /** A member learns of a rebalance while it processes this many batches. */
  onRebalance(inHand: number): void;
}

const REQUEST_TIMEOUT_MS = 3_000;
const SESSION_TIMEOUT_MS = 10_000;
const COMMIT_EVERY_MS = 1_000;
const REJOIN_AFTER_MS = 500;
const MAX_FETCHED = 50;

/** The bus port of one process, over a broker in memory. */
export class SimulatedBus implements Bus {
  readonly #consumptions = new Set<SimulatedConsumption>();

  constructor(
    private readonly process: SimulatedProcess,
    private readonly host: BrokerHost,
  ) {}

  publish(events: readonly CloudEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    const { process, host } = this;
    const { scheduler } = process;
    const records = events.map(encode).map(({ topic, key, headers, value }) => {
      return { topic, record: { key: Buffer.from(key), value: Buffer.from(value), headers } };
    });
    const fault = host.faults.onPublish(process, events);
    return new Promise((resolve, reject) => {
      const timer = scheduler.after(REQUEST_TIMEOUT_MS, process, () => reject(new Error('Request timed out')));
      scheduler.after(host.network.latencyMs(), undefined, () => {
        if (!host.broker.isUp || fault === 'lost_before') return;
        if (fault !== 'lost_acknowledged') {
          for (const { topic, record } of records) host.broker.append(topic, record);
          host.observer?.onAppended(process, records);
        }
        if (fault === 'lost_after') return;
        scheduler.after(host.network.latencyMs(), process, () => {
          timer.cancel();
          resolve();
        });
      });
    });
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    options.signal?.throwIfAborted();
    const consumption = new SimulatedConsumption(this.process, this.host, options);
    this.#consumptions.add(consumption);
    const giveUp = (): void => void consumption.stop(options.signal?.reason);
    options.signal?.addEventListener('abort', giveUp, { once: true });
    await consumption.joined.finally(() => options.signal?.removeEventListener('abort', giveUp));
    return consumption;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
  }
}

/**
 * One group member. Like the one over Kafka it fetches while batches are in progress, commits processed offsets every
 * second, and keeps the progress of partitions that stay assigned through a rebalance (PartitionProgress).
 */
class SimulatedConsumption implements Consumption, GroupMember {
  readonly #progress = new Map<string, PartitionProgress>();
  readonly #position = new Map<string, number>();
  readonly #fetching = new Set<string>();
  readonly #firstJoin = Promise.withResolvers<void>();
  #generation = 0;
  #inHand = 0;
  #stopped = false;
  #drained: (() => void)[] = [];

  constructor(
    private readonly process: SimulatedProcess,
    private readonly host: BrokerHost,
    private readonly options: ConsumeOptions,
  ) {
    const { broker } = host;
    const timesOut = (): void => {
      process.scheduler.after(SESSION_TIMEOUT_MS, undefined, () => {
        if (process.dead || process.frozen) broker.leave(options.group, this);
      });
    };
    process.onDeath(timesOut);
    process.onFreeze(timesOut);
    // Without this, a stop before the first join would be an unhandled rejection if no caller awaits `joined`.
    this.#firstJoin.promise.catch(() => undefined);
    this.#join();
    this.#commitAgain();
  }

  get joined(): Promise<void> {
    return this.#firstJoin.promise;
  }

  async stop(reason: unknown = new Error('the consumer is stopping')): Promise<void> {
    this.#stopped = true;
    this.#firstJoin.reject(reason);
    if (this.#inHand > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
    this.#commit();
    this.host.broker.leave(this.options.group, this);
  }

  onRebalance(): void {
    // A dead or frozen member cannot commit during the rebalance, and later commits of its generation are rejected.
    if (this.process.dead || this.process.frozen) return;
    this.host.observer?.onRebalance(this.#inHand);
    this.#commit();
  }

  onAssigned({ generation, places }: Assignment): void {
    const kept = new Set(places.map(({ topic, partition }) => `${topic} ${partition}`));
    this.#later(() => {
      if (generation < this.#generation) return;
      this.#generation = generation;
      for (const place of this.#progress.keys()) {
        if (kept.has(place)) continue;
        this.#progress.delete(place);
        this.#position.delete(place);
      }
      for (const { topic, partition, from } of places) {
        const place = `${topic} ${partition}`;
        if (!this.#progress.has(place)) this.#progress.set(place, new PartitionProgress());
        this.#position.set(place, Math.max(from, this.#position.get(place) ?? 0));
        this.#fetch(topic, partition);
      }
      this.#firstJoin.resolve();
    });
  }

  onRecords(topic: string, partition: number): void {
    this.#later(() => this.#fetch(topic, partition));
  }

  #later(work: () => void): void {
    this.process.scheduler.after(this.host.network.latencyMs(), this.process, work);
  }

  #join(): void {
    const { broker } = this.host;
    this.#later(() => {
      if (this.#stopped) return;
      if (!broker.isUp) this.process.scheduler.after(REJOIN_AFTER_MS, this.process, () => this.#join());
      else if (!broker.has(this.options.group, this)) broker.join(this.options.group, this.#topics(), this);
    });
  }

  #topics(): string[] {
    const { topics, formerTopics = [] } = this.options;
    return [...topics, ...formerTopics.filter((topic) => this.host.broker.topics.includes(topic))];
  }

  #fetch(topic: string, partition: number): void {
    const place = `${topic} ${partition}`;
    const { broker, network } = this.host;
    const from = this.#position.get(place);
    if (this.#stopped || from === undefined || this.#fetching.has(place) || broker.end(topic, partition) <= from)
      return;
    this.#fetching.add(place);
    const most = network.random.chance(0.3) ? 1 : MAX_FETCHED;
    this.#later(() => {
      this.#fetching.delete(place);
      if (!broker.isUp) {
        this.process.scheduler.after(REJOIN_AFTER_MS, this.process, () => this.#fetch(topic, partition));
        return;
      }
      const progress = this.#progress.get(place);
      const at = this.#position.get(place);
      if (this.#stopped || !progress || at === undefined) return;
      this.#deliver(topic, partition, at, most, progress);
      this.#fetch(topic, partition);
    });
  }

  #deliver(topic: string, partition: number, from: number, most: number, progress: PartitionProgress): void {
    const records = this.host.broker.read(topic, partition, from, most);
    if (records.length === 0) return;
    const next = from + records.length;
    this.#position.set(`${topic} ${partition}`, next);
    const firstNew = progress.firstNew(from);
    if (next <= firstNew) return;
    const deliveries: Delivery[] = [];
    for (const [index, record] of records.entries()) {
      const offset = from + index;
      if (offset < firstNew || (this.options.wants && !this.options.wants(typeOf(record)))) continue;
      const origin = { topic, partition, offset: String(offset) };
      deliveries.push({ event: decode({ ...record, ...origin }), origin });
    }
    const processed = progress.begin(next);
    if (deliveries.length === 0) return processed();
    this.#inHand++;
    void this.#process(deliveries, processed);
  }

  async #process(deliveries: readonly Delivery[], processed: () => void): Promise<void> {
    try {
      await this.options.onBatch(deliveries);
    } catch {
      this.#ended();
      this.#beginAnew();
      return;
    }
    processed();
    this.#ended();
  }

  #ended(): void {
    this.#inHand--;
    if (this.#inHand === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** A batch failed: everything after the last committed offset is delivered again. */
  #beginAnew(): void {
    if (this.#stopped) return;
    this.#progress.clear();
    this.#position.clear();
    this.host.broker.leave(this.options.group, this);
    this.process.scheduler.after(REJOIN_AFTER_MS, this.process, () => this.#join());
  }

  #commitAgain(): void {
    this.process.scheduler.after(COMMIT_EVERY_MS, this.process, () => {
      if (this.#stopped) return;
      this.#commit();
      // Its session timed out while it was frozen, so it joins again.
      if (this.host.broker.isUp && !this.host.broker.has(this.options.group, this)) {
        this.#progress.clear();
        this.#position.clear();
        this.#join();
      }
      this.#commitAgain();
    });
  }

  #commit(): void {
    const offsets = [...this.#progress].flatMap(([place, progress]) => {
      const [topic, partition] = place.split(' ') as [string, string];
      const offset = progress.uncommitted;
      return offset === undefined ? [] : [{ topic, partition: Number(partition), offset, progress }];
    });
    if (offsets.length === 0 || !this.host.broker.isUp) return;
    if (!this.host.broker.commit(this.options.group, this.#generation, offsets)) return;
    for (const { progress, offset } of offsets) progress.committed(offset);
  }
}
