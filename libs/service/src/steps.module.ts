import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata, type Type } from '@nestjs/common';
import { consumerOf } from '#messaging';
import type { PgTransaction } from '#postgres';
import type { AggregateType, Aggregates, AnyStep } from '#saga';
import { StepRegistry } from './step-registry.js';

/** One kind of aggregate, and the class of the repository that keeps it. */
export interface KeptAggregate<State> {
  readonly type: AggregateType<State>;
  readonly repository: Type<Aggregates<PgTransaction, State>>;
}

export interface StepsFeature {
  /** Modules whose providers the repositories need, beside those of `ServiceModule`. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a list over different aggregates; `keep` checked each
  readonly aggregates: readonly KeptAggregate<any>[];
  readonly steps: readonly AnyStep[];
}

/** Checks that a repository keeps what the aggregate's steps decide on. */
export const keep = <State>(
  type: AggregateType<State>,
  repository: Type<Aggregates<PgTransaction, State>>,
): KeptAggregate<State> => ({ type, repository });

/**
 * The table of contents of what a part of a service reacts to. Registers its aggregates with the service's
 * one `BatchRunner`, and its steps with the one consumer; the repositories are provided and exported.
 */
@Module({})
export class StepsModule {
  static forFeature({ imports = [], aggregates, steps }: StepsFeature): DynamicModule {
    const repositories = aggregates.map(({ repository }) => repository);
    const inject: InjectionToken[] = [StepRegistry, ...repositories];
    return {
      module: StepsModule,
      imports,
      controllers: [consumerOf([...steps])],
      providers: [
        ...repositories,
        {
          provide: Symbol('registration'),
          inject,
          useFactory: (registry: StepRegistry, ...kept: Aggregates<PgTransaction, unknown>[]) => {
            registry.register(
              aggregates.map(({ type }, place) => [type.kind, kept[place]!]),
              steps,
            );
            return true;
          },
        },
      ],
      exports: repositories,
    };
  }
}
