import type { Instant } from '#clock';
import type { EventContract, NewEvent } from '#contracts';

/** The key of most aggregates. */
export interface ChargeKey {
  readonly chargeId: string;
}

declare const context: unique symbol;

/** One kind of aggregate. An event whose data has the fields of `Key` is a key. */
export interface AggregateType<State, Key = ChargeKey, Context = void> {
  /** Unique within a service: `charge`, `authorization`, `hold`. */
  readonly kind: string;
  /** Identifies the aggregate. Row locks are taken in the order of names. */
  readonly keyName: (key: Key) => string;
  /** The events that led to this state, under their first ids. Pure: a lost event is resent without being stored. */
  readonly restate: (state: State) => readonly NewEvent[];
  /** For the compiler only, never set: carries the type `Context`. */
  readonly [context]?: Context;
}

/** The new state, the events to append, and a result for the caller. */
export interface Decision<State, Result = void> {
  readonly state: State;
  readonly emit: readonly NewEvent[];
  readonly result: Result;
  /** If false, the aggregate is not saved. */
  readonly changed: boolean;
  /** The event stays out of the inbox, so that its resend is processed. */
  readonly tooSoon?: boolean;
}

export function become<State>(state: State, ...emit: readonly NewEvent[]): Decision<State> {
  return { state, emit, result: undefined, changed: true };
}

/** The event has no effect: it was processed before, or a later one overtook it. */
export function unchanged<State>(state: State): Decision<State> {
  return { state, emit: [], result: undefined, changed: false };
}

/**
 * A prerequisite event of the key was lost. The producer will resend both in order; with this id in the inbox, its
 * resend would be dropped as a duplicate.
 */
export function tooSoon<State>(state: State): Decision<State> {
  return { ...unchanged(state), tooSoon: true };
}

export function answer<State, Result>(decision: Decision<State>, result: Result): Decision<State, Result> {
  return { ...decision, result };
}

/** The reaction to one event: a controller's method with the metadata of `@Decides`. */
export interface Step<State = unknown, Key = ChargeKey, Context = void, Data = unknown> {
  readonly on: EventContract<Data>;
  readonly aggregate: AggregateType<State, Key, Context>;
  readonly keyOf: (data: Data) => Key;
  /** Pure. `now` is the account's time in milliseconds; `context` includes the earlier decisions of the batch. */
  readonly decide: (state: State, data: Data, now: Instant, context: Context) => Decision<State>;
  /** Restates a part of the aggregate's events. Set where n resends that each restate n events would cost n². */
  readonly restate?: (state: State, data: Data) => readonly NewEvent[];
}

// A list of steps over different aggregates has no narrower type. Each step is typed where it is written.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyStep = Step<any, any, any, any>;
