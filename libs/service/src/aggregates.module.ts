import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata, type Type } from '@nestjs/common';
import type { PgTransaction } from '#postgres';
import type { AggregateType, Aggregates, Effect, EffectHandler, Preparation } from '#saga';
import { StepRegistry } from './step-registry.js';

// oxlint-disable-next-line typescript/no-explicit-any -- what a repository hands itself from `load` to `save` is its own
type KeptIn<State, Key, Context> = Aggregates<PgTransaction, State, Key, Context, any>;

/** One kind of aggregate, and the class of the repository that keeps it. */
export interface KeptAggregate<State, Key, Context> {
  readonly type: AggregateType<State, Key, Context>;
  readonly repository: Type<KeptIn<State, Key, Context>>;
  readonly preparation?: Type<Preparation<State, Key>> | undefined;
}

/** One kind of effect, and the class of the provider that does it after the commit. */
export interface HandledEffect<Done extends Effect> {
  readonly kind: Done['kind'];
  readonly handler: Type<EffectHandler<Done>>;
}

export interface AggregatesFeature {
  /** Modules whose providers the repositories and handlers need, beside those of `ServiceModule`. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a list over different aggregates; `keep` checked each
  readonly aggregates: readonly KeptAggregate<any, any, any>[];
  // oxlint-disable-next-line typescript/no-explicit-any -- a list over different effects; `afterCommit` checked each
  readonly effects?: readonly HandledEffect<any>[];
}

/**
 * Checks that a repository keeps what the handlers of the aggregate's events decide on.
 *
 * @param preparation the class of the provider that runs before anything of this kind is saved
 */
export const keep = <State, Key, Context>(
  type: AggregateType<State, Key, Context>,
  repository: Type<KeptIn<State, Key, Context>>,
  preparation?: Type<Preparation<State, Key>>,
): KeptAggregate<State, Key, Context> => ({ type, repository, preparation });

/** Checks that a handler does this kind of effect. */
export const afterCommit = <Done extends Effect>(
  kind: Done['kind'],
  handler: Type<EffectHandler<Done>>,
): HandledEffect<Done> => ({ kind, handler });

/**
 * Which repository keeps which aggregate, and what is done after a commit because of what was saved. Registers both
 * with the service's one `BatchRunner`; the repositories are provided and exported.
 */
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
