import type { FactoryProvider, InjectionToken } from '@nestjs/common';

declare const provided: unique symbol;

/** A typed injection token for a value without a class, such as a port. */
export type Token<T> = (string | symbol) & { readonly [provided]: T };

export const token = <T>(name: string): Token<T> => Symbol(name) as unknown as Token<T>;

/** A class is the token of its instances, also with a private constructor. */
type TokenOrClass = Token<unknown> | { readonly prototype: unknown };
type Provided<Key> =
  Key extends Token<infer T>
    ? T
    : Key extends abstract new (...parts: never) => infer T
      ? T
      : Key extends { readonly prototype: infer T }
        ? T
        : never;
type AllProvided<Keys extends readonly TokenOrClass[]> = { [Place in keyof Keys]: Provided<Keys[Place]> };

/**
 * A factory provider. The parameters of `make` take their types from the tokens in the list. A generic class needs its
 * type arguments there: `Commands<PgTransaction>`.
 */
export function provide<Key extends TokenOrClass, const Needs extends readonly TokenOrClass[]>(
  key: Key,
  needs: Needs,
  make: (...parts: AllProvided<Needs>) => Provided<Key> | Promise<Provided<Key>>,
): FactoryProvider {
  return { provide: key as InjectionToken, inject: needs as unknown as InjectionToken[], useFactory: make };
}

/** A provider of a class that takes its dependencies as one object, with a token for each property. */
export function assemble<Parts extends object, T>(
  type: new (parts: Parts) => T,
  tokens: { readonly [Name in keyof Parts]: TokenFor<Parts[Name]> },
): FactoryProvider<T> {
  const names = Object.keys(tokens) as (keyof Parts)[];
  return {
    provide: type,
    inject: names.map((name) => tokens[name] as unknown as InjectionToken),
    useFactory: (...values: unknown[]) =>
      new type(Object.fromEntries(names.map((name, place) => [name, values[place]])) as Parts),
  };
}

type TokenFor<T> = Token<T> | (abstract new (...parts: never) => T) | { readonly prototype: T };
