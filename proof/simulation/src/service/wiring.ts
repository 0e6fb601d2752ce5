import 'reflect-metadata';
import type { Provider, Type } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { moduleTree } from '../../../../libs/service/src/testing/module-tree.js';

export type ProviderToken = string | symbol | Type | (abstract new (...parts: never[]) => unknown) | Function;

/** How a provider is made, and its dependencies. */
export interface ProviderRecipe {
  readonly token: ProviderToken;
  readonly needs: readonly ProviderToken[];
  readonly make: (...parts: unknown[]) => unknown;
}

/** A service's providers and controllers from its modules' metadata, in Nest's order. */
export interface Wiring {
  readonly byToken: ReadonlyMap<ProviderToken, ProviderRecipe>;
  readonly makings: readonly ProviderRecipe[];
  /** Classes with `@Controller`, for requests and for events. */
  readonly controllers: readonly Type[];
  readonly modules: readonly Type[];
}

/** Reads the wiring from the production modules' metadata. Settings are left out: they are ports of a process. */
export async function wiringOf(root: Type): Promise<Wiring> {
  const tree = await moduleTree(root, [ConfigModule]);
  const modules = [...new Set(tree.map(({ type }) => type))];
  const makings = [...tree.flatMap(({ providers }) => providers), ...modules].map(makingOf);
  const controllers = tree.flatMap((module) => module.controllers);
  return { makings, byToken: new Map(makings.map((making) => [making.token, making])), controllers, modules };
}

function makingOf(provider: Provider): ProviderRecipe {
  if (typeof provider === 'function') return classMaking(provider, provider);
  const token = provider.provide as ProviderToken;
  if ('useValue' in provider) return { token, needs: [], make: () => provider.useValue as unknown };
  if ('useClass' in provider) return classMaking(token, provider.useClass);
  if ('useExisting' in provider)
    return { token, needs: [provider.useExisting as ProviderToken], make: (existing) => existing };
  const { inject = [], useFactory } = provider;
  return { token, needs: inject as ProviderToken[], make: useFactory as ProviderRecipe['make'] };
}

export function classMaking(token: ProviderToken, type: Type): ProviderRecipe {
  const declared = ((Reflect.getMetadata('design:paramtypes', type) as ProviderToken[] | undefined) ?? []).slice();
  const named =
    (Reflect.getMetadata('self:paramtypes', type) as { index: number; param: ProviderToken }[] | undefined) ?? [];
  for (const { index, param } of named) declared[index] = param;
  return { token, needs: declared, make: (...parts) => new type(...parts) };
}
