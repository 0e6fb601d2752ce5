import type { Instant } from '#clock';
import type { EventContract, NewEvent } from '#contracts';

/** One kind of aggregate: what its state is, and what it said last. */
export interface AggregateType<State> {
  /** Unique within a service: `charge`, `authorization`, `hold`. */
  readonly kind: string;
  /**
   * The events that this state still owes the world, under their natural ids: what it emitted when it
   * came to be. Pure, so nothing has to be stored in order to say it again after a loss.
   */
  readonly restate: (state: State) => readonly NewEvent[];
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

/**
 * A reaction to an event. `decide` is pure: no I/O, no clock, no framework; `now` is the account's own
 * time in milliseconds.
 */
export interface Step<State = unknown, Data = unknown> {
  readonly on: EventContract<Data>;
  readonly aggregate: AggregateType<State>;
  readonly idOf: (data: Data) => string;
  readonly decide: (state: State, data: Data, now: Instant) => Decision<State>;
  /**
   * What a repetition of this event is answered with, where that is a part of what the aggregate has said: were all of
   * it said again for each of many events, they would cost their number squared.
   */
  readonly restate?: (state: State, data: Data) => readonly NewEvent[];
}

/** `const step = stepsOn(holds)`; then each step of that aggregate is `step({ on, idOf, decide })`. */
export function stepsOn<State>(aggregate: AggregateType<State>) {
  return <Data>(definition: Omit<Step<State, Data>, 'aggregate'>): Step<State, Data> => ({ ...definition, aggregate });
}

// A list of steps over different aggregates and events has no common type but this one: what goes in was
// typed where the step was written, and its data is validated against `on.schema` before `decide` sees it.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyStep = Step<any, any>;
