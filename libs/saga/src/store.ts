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

/** What a consumer has seen, and what it had to set aside. */
export interface Inbox<Tx extends Transaction> {
  admit(tx: Tx, deliveries: readonly Delivery[]): Promise<Admission>;
  /** Sets an event aside for a person, in order within its key. Idempotent by the event's id. */
  park(tx: Tx, delivery: Delivery, why: { error: string; behind: boolean }): Promise<void>;
}

export interface Outbox<Tx extends Transaction> {
  /** One multi-row statement; the events leave in this order per key. */
  append(tx: Tx, events: readonly CloudEvent[]): Promise<void>;
}

export const inboxIdOf = (event: Pick<CloudEvent, 'source' | 'id'>): string => `${event.source} ${event.id}`;
