import type { Instant } from '#clock';
import type { EventContract, NewEvent } from '#contracts';

/** What most aggregates are found by. */
export interface ChargeKey {
  readonly chargeId: string;
}

declare const context: unique symbol;

/**
 * One kind of aggregate: what its state is, what it is found by, what else is read to decide about it, and what it said
 * last. An event whose data has the fields of the key is a key itself.
 */
export interface AggregateType<State, Key = ChargeKey, Context = void> {
  /** Unique within a service: `charge`, `authorization`, `hold`. */
  readonly kind: string;
  /** Keys of one name are keys of one aggregate. Locks are taken in the order of names. */
  readonly keyName: (key: Key) => string;
  /**
   * The events that this state still owes the world, under their natural ids: what it emitted when it
   * came to be. Pure, so nothing has to be stored in order to say it again after a loss.
   */
  readonly restate: (state: State) => readonly NewEvent[];
  /** Says to the compiler what `Context` is; never there. */
  readonly [context]?: Context;
}

/** What a decision comes to: the new state, the events to append, and an answer for who asked. */
export interface Decision<State, Result = void> {
  readonly state: State;
  readonly emit: readonly NewEvent[];
  readonly result: Result;
  /** False when nothing happened: the aggregate is not saved. */
  readonly changed: boolean;
  /** Nothing happened yet: the event counts as not seen, and is decided when it is said again. */
  readonly tooSoon?: boolean;
}

export function become<State>(state: State, ...emit: readonly NewEvent[]): Decision<State> {
  return { state, emit, result: undefined, changed: true };
}

/** Delivered before, or overtaken: nothing happens. */
export function unchanged<State>(state: State): Decision<State> {
  return { state, emit: [], result: undefined, changed: false };
}

/**
 * What it is about is not here yet: an earlier event of its key was lost. Whoever said both says them again, in order;
 * had the inbox kept this one, its repetition would pass for a duplicate for ever.
 */
export function tooSoon<State>(state: State): Decision<State> {
  return { ...unchanged(state), tooSoon: true };
}

export function answer<State, Result>(decision: Decision<State>, result: Result): Decision<State, Result> {
  return { ...decision, result };
}

/** A reaction to an event, as a batch runs it: a controller's method with what `@Decides` says of it. */
export interface Step<State = unknown, Key = ChargeKey, Context = void, Data = unknown> {
  readonly on: EventContract<Data>;
  readonly aggregate: AggregateType<State, Key, Context>;
  readonly keyOf: (data: Data) => Key;
  /**
   * Pure: no I/O, no clock, no framework. `now` is the account's own time in milliseconds; `context` is what the
   * aggregate's repository read beside the state, as it stands at this moment of the batch.
   */
  readonly decide: (state: State, data: Data, now: Instant, context: Context) => Decision<State>;
  /**
   * What a repetition of this event is answered with, where that is a part of what the aggregate has said: were all of
   * it said again for each of many events, they would cost their number squared.
   */
  readonly restate?: (state: State, data: Data) => readonly NewEvent[];
}

// A list of steps over different aggregates and events has no common type but this one: what goes in was
// typed where the step was written, and its data is validated against `on.schema` before `decide` sees it.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyStep = Step<any, any, any, any>;
