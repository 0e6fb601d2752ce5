import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata, type Type } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import type { AggregateType, Aggregates, Effect, EffectHandler, Preparation } from '#saga';
import { StepRegistry } from './step-registry.js';

// oxlint-disable-next-line typescript/no-explicit-any -- the type that a repository passes from `load` to `save` is private to it
type KeptIn<State, Key, Context> = Aggregates<PgTransaction, State, Key, Context, any>;

/** A kind of aggregate with the class of its repository. */
export interface KeptAggregate<State, Key, Context> {
  readonly type: AggregateType<State, Key, Context>;
  readonly repository: Type<KeptIn<State, Key, Context>>;
  readonly preparation?: Type<Preparation<State, Key>> | undefined;
}

/** A kind of effect with the class of its handler. */
export interface HandledEffect<Done extends Effect> {
  readonly kind: Done['kind'];
  readonly handler: Type<EffectHandler<Done>>;
}

export interface AggregatesFeature {
  /** Modules with further providers that the repositories and handlers need. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a list over different aggregates; `keep` checked each
  readonly aggregates: readonly KeptAggregate<any, any, any>[];
  // oxlint-disable-next-line typescript/no-explicit-any -- a list over different effects; `afterCommit` checked each
  readonly effects?: readonly HandledEffect<any>[];
}

/**
 * Checks at compile time that a repository stores the states and contexts of this aggregate.
 *
 * @param preparation the class of the provider that runs before aggregates of this kind are saved
 */
export const keep = <State, Key, Context>(
  type: AggregateType<State, Key, Context>,
  repository: Type<KeptIn<State, Key, Context>>,
  preparation?: Type<Preparation<State, Key>>,
): KeptAggregate<State, Key, Context> => ({ type, repository, preparation });

/** Checks at compile time that a handler performs this kind of effect. */
export const afterCommit = <Done extends Effect>(
  kind: Done['kind'],
  handler: Type<EffectHandler<Done>>,
): HandledEffect<Done> => ({ kind, handler });

/** Registers repositories and effect handlers with the service's `BatchRunner`. Provides and exports the repositories. */
@Module({})
export class AggregatesModule {
  static forFeature({ imports = [], aggregates, effects = [] }: AggregatesFeature): DynamicModule {
    const repositories = aggregates.map(({ repository }) => repository);
    const handlers = effects.map(({ handler }) => handler);
    const preparations = aggregates.flatMap(({ preparation }) => preparation ?? []);
    const parts: InjectionToken[] = [...new Set<InjectionToken>([...repositories, ...preparations, ...handlers])];
    return {
      module: AggregatesModule,
      imports,
      providers: [
        ...repositories,
        {
          provide: Symbol('registration'),
          inject: [StepRegistry, ...parts],
          useFactory: (registry: StepRegistry, ...made: unknown[]) => {
            // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the class says what was made of it
            const part = <Part>(type: Type<Part>): Part => made[parts.indexOf(type)] as Part;
            for (const { type, repository, preparation } of aggregates)
              registry.keep(type.kind, part(repository), preparation && part(preparation));
            for (const { kind, handler } of effects) registry.doAfterCommit(kind as string, part(handler));
            return true;
          },
        },
      ],
      exports: repositories,
    };
  }
}
