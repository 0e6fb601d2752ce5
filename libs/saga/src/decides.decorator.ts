import 'reflect-metadata';
import type { EventContract, NewEvent } from '#contracts';
import type { AggregateType, AnyStep, Step } from './step.js';

const DECIDES = 'holdfast:decides';

/** What `@Decides` says of a method: everything of a step but the decision, which is the method itself. */
export type Decided = Omit<AnyStep, 'decide'>;

interface Options<State, Data> {
  readonly restate?: (state: State, data: Data) => readonly NewEvent[];
}

/** An event is found by its own data, unless that lacks what the aggregate's key needs. */
type OptionsArgument<State, Key, Data> = Data extends Key
  ? [options?: Options<State, Data> & { readonly keyOf?: (data: Data) => Key }]
  : [options: Options<State, Data> & { readonly keyOf: (data: Data) => Key }];

/**
 * Beside Nest's `@EventPattern<string>` on a controller's method (without its type argument Nest's types ask for a method
 * whose first parameter is the event): the method is the pure decision about one aggregate, given
 * its state, the event's data, the account's time, and the context of the decision. A method of another signature does
 * not compile.
 */
export function Decides<State, Key, Context, Data>(
  aggregate: AggregateType<State, Key, Context>,
  on: EventContract<Data>,
  ...[options]: OptionsArgument<State, Key, Data>
) {
  return <Method extends Step<State, Key, Context, Data>['decide']>(
    _controller: object,
    _name: string,
    { value: method }: TypedPropertyDescriptor<Method>,
  ): void => {
    const decided: Decided = { aggregate, on, keyOf: (data: unknown) => data, ...options };
    Reflect.defineMetadata(DECIDES, decided, method!);
  };
}

/** What `@Decides` says of this method; undefined where it does not stand. */
export const decidedBy = (method: object): Decided | undefined =>
  Reflect.getMetadata(DECIDES, method) as Decided | undefined;
