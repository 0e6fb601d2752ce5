import 'reflect-metadata';
import type { EventContract, NewEvent } from '#contracts';
import type { AggregateType, AnyStep, Step } from './step.js';

const DECIDES = 'holdfast:decides';

/** The metadata that `@Decides` stores: a step without its decision, which is the method itself. */
export type Decided = Omit<AnyStep, 'decide'>;

interface Options<State, Data> {
  readonly restate?: (state: State, data: Data) => readonly NewEvent[];
}

/** `keyOf` is required when the event's data lacks a field of the aggregate's key. */
type OptionsArgument<State, Key, Data> = Data extends Key
  ? [options?: Options<State, Data> & { readonly keyOf?: (data: Data) => Key }]
  : [options: Options<State, Data> & { readonly keyOf: (data: Data) => Key }];

/**
 * Marks a controller's method as the decision `(state, data, now, context)`. Needs `@EventPattern<string>` beside it:
 * without the type argument Nest's types require the event as first parameter. Another signature does not compile.
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

/** The metadata of `@Decides` on this method; undefined without the decorator. */
export const decidedBy = (method: object): Decided | undefined =>
  Reflect.getMetadata(DECIDES, method) as Decided | undefined;
