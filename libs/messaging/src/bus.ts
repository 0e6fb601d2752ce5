import type { CloudEvent } from '#contracts';
import type { Delivery } from '#saga';

/** The bus port. Production code reaches Kafka only through it. */
export interface Bus {
  /**
   * One send for all topics, with `acks=all`. Keeps the order of a key if the caller awaits each publish.
   *
   * @throws when durability is not certain; any part of the events may have been written
   */
  publish(events: readonly CloudEvent[]): Promise<void>;
  /** Resolves when the consumer has joined its group. */
  consume(options: ConsumeOptions): Promise<Consumption>;
  /** Stops every consumption as `Consumption.stop` does, and disconnects. */
  close(): Promise<void>;
}

export interface ConsumeOptions {
  /** The consumer group: a service's name. A new group starts at the earliest record. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Topics of an earlier version, in which nothing new is published. Consumed while the broker has them. */
  readonly formerTopics?: readonly string[];
  /** Which event types to deliver. Records of other types are skipped without decoding. Default: all. */
  readonly wants?: (type: string) => boolean;
  /**
   * One partition's next events, in order. Calls may overlap, so that a consumer can batch. Offsets are committed behind
   * resolved calls; a rejected call is redelivered with all later ones. A call may take minutes: heartbeats go on.
   */
  readonly onBatch: (deliveries: readonly Delivery[]) => Promise<void>;
  /** Cancels joining: `consume` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Consumption {
  /** Stops fetching, waits for the batches in progress, commits their offsets and leaves the group. */
  stop(): Promise<void>;
}
