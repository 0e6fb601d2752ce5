import type { CloudEvent } from '#contracts';
import type { Transaction } from '#postgres';
import type { Effect } from './effects.js';
import type { ChargeKey } from './step.js';

/** The states of one batch's aggregates. A step sees what earlier steps of the batch have set. */
export interface WorkingSet<State, Key = ChargeKey, Context = void> {
  get(key: Key): State;
  set(key: Key, state: State): void;
  /** The decision's context, including all that the batch has set so far. */
  contextOf(key: Key): Context;
}

/** The repository of one kind of aggregate. */
export interface Aggregates<
  Tx extends Transaction,
  State,
  Key = ChargeKey,
  Context = void,
  Loaded extends WorkingSet<State, Key, Context> = WorkingSet<State, Key, Context>,
> {
  /**
   * Issues its first statement at once, to share the round trip of the inbox. Locks rows in the order of names; an
   * unknown key gets an initial state. `keys` are sorted, may repeat.
   */
  load(tx: Tx, keys: readonly Key[]): Promise<Loaded>;
  /**
   * One multi-row statement for the changed aggregates, each once, enqueued to share the round trip of COMMIT.
   *
   * @returns the effects to run after the commit
   */
  save(tx: Tx, changed: readonly Saved<State, Key>[], loaded: Loaded): Promise<readonly Effect[]>;
}

export interface Saved<State, Key = ChargeKey> {
  readonly key: Key;
  readonly state: State;
  /** Trace context of the work that changed it last. */
  readonly traceparent?: string | undefined;
}

/** Runs between deciding and saving: reserves a resource for an effect, and notes it in the state. */
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
  /** Ids (`source id`) that were not in the inbox. They are, once `tx` commits. */
  readonly fresh: ReadonlySet<string>;
  /** Keys with a parked event. Their deliveries must park behind it. */
  readonly parkedKeys: ReadonlySet<string>;
}

export interface WhyParked {
  readonly error: string;
  /** The event waits behind an earlier one of its key, and was not attempted itself. */
  readonly behind: boolean;
  /** How many transactions it made fail. */
  readonly attempts: number;
}

/** The processed event ids of a consumer, and its parked events. */
export interface Inbox<Tx extends Transaction> {
  /** Excludes replays of these keys until the end of `tx`, and waits for a running one. */
  admit(tx: Tx, deliveries: readonly Delivery[]): Promise<InboxAdmission>;
  /** Parks an event that `tx` has admitted, in order within its key. Idempotent by the event's id. */
  park(tx: Tx, delivery: Delivery, why: WhyParked): void;
  /** Removes the id that `tx` has admitted: the next delivery counts as new. */
  forget(tx: Tx, event: Pick<CloudEvent, 'source' | 'id'>): void;
}

/** An event that was set aside. */
export interface ParkedEvent extends Delivery, WhyParked {
  /** Rises in the order of parking. */
  readonly position: number;
}

/** The parked events, as a replay reads them. */
export interface Parking<Tx extends Transaction> {
  /** Keys with a requested replay, oldest request first, without `except`. */
  requested(limit: number, except: readonly string[]): Promise<string[]>;
  /**
   * Locks the key until the end of `tx` against deliveries and other replays.
   *
   * @returns false when no replay is requested any more
   */
  hold(tx: Tx, key: string): Promise<boolean>;
  /** The first events of a key that `tx` holds. */
  first(tx: Tx, key: string, limit: number): Promise<ParkedEvent[]>;
  /** Deletes decided events. @returns whether the key has no parked event left and is free */
  release(tx: Tx, key: string, events: readonly ParkedEvent[]): Promise<boolean>;
  /** Notes the error, and withdraws the replay request of the key. */
  failedAgain(tx: Tx, event: ParkedEvent, error: string): Promise<void>;
}

export interface Outbox<Tx extends Transaction> {
  /** One multi-row statement. Events are published in this order per key. */
  append(tx: Tx, events: readonly CloudEvent[]): void;
}

export const inboxIdOf = (event: Pick<CloudEvent, 'source' | 'id'>): string => `${event.source} ${event.id}`;
