import type { CloudEvent } from '#contracts';
import type { Transaction } from '#postgres';
import type { Effect } from './effects.js';
import type { ChargeKey } from './step.js';

/** The states of one batch's aggregates. Reading what another step of the batch has just set is the point. */
export interface WorkingSet<State, Key = ChargeKey, Context = void> {
  get(key: Key): State;
  set(key: Key, state: State): void;
  /** What else is known for a decision about it, after all that the batch has set so far. */
  contextOf(key: Key): Context;
}

/** Where the aggregates of one kind are kept. */
export interface Aggregates<
  Tx extends Transaction,
  State,
  Key = ChargeKey,
  Context = void,
  Loaded extends WorkingSet<State, Key, Context> = WorkingSet<State, Key, Context>,
> {
  /**
   * One query: every aggregate, locked in the order of its name, with a defined state for keys never seen. The keys come
   * in that order; several may be of one name.
   */
  load(tx: Tx, keys: readonly Key[]): Promise<Loaded>;
  /**
   * One multi-row statement for what has changed of what was loaded, each aggregate once. A repository only stores: what
   * has to be done because of it is returned, and done after the commit.
   */
  save(tx: Tx, changed: readonly Saved<State, Key>[], loaded: Loaded): Promise<readonly Effect[]>;
}

export interface Saved<State, Key = ChargeKey> {
  readonly key: Key;
  readonly state: State;
  /** Of the work that changed it last. */
  readonly traceparent?: string | undefined;
}

/**
 * Between the decisions of a batch and their saving, for what must be known before the commit: reserves what an effect
 * will need, and writes into the states that it has it. Registered under the kind of aggregate.
 */
export interface Preparation<State = unknown, Key = unknown> {
  prepare(changed: readonly Saved<State, Key>[]): {
    readonly changed: readonly Saved<State, Key>[];
    readonly effects: readonly Effect[];
  };
}

/** One event as the bus delivered it to a consumer. */
export interface Delivery {
  readonly event: CloudEvent;
  /** Topic, partition and offset, for dead letters. */
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: string };
}

export interface InboxAdmission {
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
  admit(tx: Tx, deliveries: readonly Delivery[]): Promise<InboxAdmission>;
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
