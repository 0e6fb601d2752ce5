import type { CloudEvent } from '#contracts';
import type { Transaction } from '#postgres';

/** The states of one batch's aggregates, by id. Reading what another step of the batch has just set is the point. */
export interface WorkingSet<State> {
  get(id: string): State;
  set(id: string, state: State): void;
}

/** Where the aggregates of one kind are kept. */
export interface Aggregates<Tx extends Transaction, State> {
  /** One query: every aggregate, locked in the order of its id, with a defined state for ids never seen. */
  load(tx: Tx, ids: readonly string[]): Promise<WorkingSet<State>>;
  /** One multi-row statement; `traceparent` is that of the work that changed the aggregate last. */
  save(tx: Tx, changed: readonly Saved<State>[]): Promise<void>;
}

export interface Saved<State> {
  readonly id: string;
  readonly state: State;
  readonly traceparent?: string | undefined;
}

/** One event as the bus delivered it to a consumer. */
export interface Delivery {
  readonly event: CloudEvent;
  /** Topic, partition and offset, for dead letters. */
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: string };
}

export interface Admission {
  /** Ids (`source id`) that this consumer had not seen; they are its own from this commit on. */
  readonly fresh: ReadonlySet<string>;
  /** Keys with a parked event: what comes for them must park behind it. */
  readonly parkedKeys: ReadonlySet<string>;
}

export interface WhyParked {
  readonly error: string;
  /** It waits behind an earlier one of its key, and has not been tried itself. */
  readonly behind: boolean;
  /** How many transactions it has spoilt. */
  readonly attempts: number;
}

/** What a consumer has seen, and what it had to set aside. */
export interface Inbox<Tx extends Transaction> {
  /** From here to the end of `tx` no replay of these keys begins; one that has begun is waited for. */
  admit(tx: Tx, deliveries: readonly Delivery[]): Promise<Admission>;
  /** Sets an event aside that `tx` has admitted, in order within its key. Idempotent by the event's id. */
  park(tx: Tx, delivery: Delivery, why: WhyParked): Promise<void>;
  /** Takes back that `tx` has admitted it: the next delivery is its first. */
  forget(tx: Tx, event: Pick<CloudEvent, 'source' | 'id'>): Promise<void>;
}

/** An event that was set aside. */
export interface ParkedEvent extends Delivery, WhyParked {
  /** Rises in the order of parking. */
  readonly position: number;
}

/** What was set aside, for whoever takes it up again. */
export interface Parking<Tx extends Transaction> {
  /** Keys of which an operator asked for a replay, but for these; those asked for first come first. */
  requested(limit: number, except: readonly string[]): Promise<string[]>;
  /**
   * Takes the key until the end of `tx`: deliveries of it wait, and so does another replay. False when there is
   * nothing to replay any more: it is done, or has failed again.
   */
  hold(tx: Tx, key: string): Promise<boolean>;
  /** The first events of a key that `tx` holds. */
  first(tx: Tx, key: string, limit: number): Promise<ParkedEvent[]>;
  /** They have been decided. @returns whether nothing is parked under this key any more: it is free again */
  release(tx: Tx, key: string, events: readonly ParkedEvent[]): Promise<boolean>;
  /** It has failed again, and the replay of its key ends here. */
  failedAgain(tx: Tx, event: ParkedEvent, error: string): Promise<void>;
}

export interface Outbox<Tx extends Transaction> {
  /** One multi-row statement; the events leave in this order per key. */
  append(tx: Tx, events: readonly CloudEvent[]): Promise<void>;
}

export const inboxIdOf = (event: Pick<CloudEvent, 'source' | 'id'>): string => `${event.source} ${event.id}`;
