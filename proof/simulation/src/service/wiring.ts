import 'reflect-metadata';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

export type ProviderToken = string | symbol | Type | (abstract new (...parts: never[]) => unknown) | Function;
type Imported = Type | DynamicModule;

/** How one thing of a service is made, and out of what. */
export interface ProviderRecipe {
  readonly token: ProviderToken;
  readonly needs: readonly ProviderToken[];
  readonly make: (...parts: unknown[]) => unknown;
}

/** What a service's modules say: the same that Nest reads, in the order in which it would make it. */
export interface Wiring {
  readonly byToken: ReadonlyMap<ProviderToken, ProviderRecipe>;
  readonly makings: readonly ProviderRecipe[];
  /** Classes with `@Controller`, of requests and of events. */
  readonly controllers: readonly Type[];
  readonly modules: readonly Type[];
}

/**
 * Reads the production modules' own metadata, so that nothing of their wiring is written down a second time. The
 * environment is none of it: a simulated process has its settings among its ports.
 */
export async function wiringOf(root: Type): Promise<Wiring> {
  const makings: ProviderRecipe[] = [];
  const controllers: Type[] = [];
  const modules: Type[] = [];
  const seen = new Set<Imported>();
  const visit = async (listed: Imported | Promise<DynamicModule>): Promise<void> => {
    const imported = await listed;
    if (seen.has(imported)) return;
    seen.add(imported);
    const dynamic = 'module' in imported ? imported : undefined;
    const type = dynamic ? dynamic.module : (imported as Type);
    if (type === ConfigModule) return;
    const imports = [...listOf<Imported>(type, 'imports'), ...((dynamic?.imports ?? []) as Imported[])];
    for (const each of imports) await visit(each);
    for (const provider of [...listOf<Provider>(type, 'providers'), ...(dynamic?.providers ?? [])]) {
      makings.push(makingOf(provider));
    }
    controllers.push(...listOf<Type>(type, 'controllers'), ...(dynamic?.controllers ?? []));
    if (!modules.includes(type)) modules.push(type);
  };
  await visit(root);
  makings.push(...modules.map(makingOf));
  return { makings, byToken: new Map(makings.map((making) => [making.token, making])), controllers, modules };
}

const listOf = <T>(type: Type, key: string): T[] => (Reflect.getMetadata(key, type) as T[] | undefined) ?? [];

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
