import type { CloudEvent } from '#contracts';
import type { Delivery } from '#saga';

/** The bus port: what production code knows of Kafka. */
export interface Bus {
  /**
   * One send for all topics. Resolves when every event is durable (acks = all); rejects when that is not
   * certain, and then any part of them may have been written. Events of one key keep their order as long
   * as the caller waits for one publish before the next.
   */
  publish(events: readonly CloudEvent[]): Promise<void>;
  /** Resolves when the consumer has joined its group. */
  consume(options: ConsumeOptions): Promise<Consumption>;
  /** Stops what still consumes, as `Consumption.stop` does, and disconnects. */
  close(): Promise<void>;
}

export interface ConsumeOptions {
  /** The consumer group: a service's name. A new group starts at the earliest record. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Which event types to deliver; the others of these topics pass by, unread. Default: all. */
  readonly wants?: (type: string) => boolean;
  /**
   * One partition's next events, in order. Calls begin in partition order, but a call may begin before the
   * last one has ended, so that a consumer can gather. Offsets move on behind calls that resolved; one that
   * rejects is delivered again, with everything after it. It may take minutes: the session stays alive.
   */
  readonly onBatch: (deliveries: readonly Delivery[]) => Promise<void>;
  /** Gives up joining: `consume` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Consumption {
  /** Takes no more, waits for the batches in hand, commits their offsets and leaves the group at once. */
  stop(): Promise<void>;
}
