import 'reflect-metadata';
import type { DynamicModule, Provider, Type } from '@nestjs/common';

/** A module as Nest finds it: what its decorator lists, and what its dynamic form adds. */
export interface ListedModule {
  readonly type: Type;
  readonly providers: readonly Provider[];
  readonly controllers: readonly Type[];
}

type Imported = Type | DynamicModule;

/**
 * The root module and all that it imports, each behind its own imports, each once.
 *
 * @param except modules that are left out, with what they alone import
 */
export async function moduleTree(root: Type, except: readonly Type[] = []): Promise<readonly ListedModule[]> {
  const found: ListedModule[] = [];
  const seen = new Set<Imported>();
  const visit = async (listed: Imported | Promise<DynamicModule>): Promise<void> => {
    const imported = await listed;
    if (seen.has(imported)) return;
    seen.add(imported);
    const dynamic = 'module' in imported ? imported : undefined;
    const type = dynamic ? dynamic.module : (imported as Type);
    if (except.includes(type)) return;
    const imports = [...listOf<Imported>(type, 'imports'), ...((dynamic?.imports ?? []) as Imported[])];
    for (const each of imports) await visit(each);
    found.push({
      type,
      providers: [...listOf<Provider>(type, 'providers'), ...(dynamic?.providers ?? [])],
      controllers: [...listOf<Type>(type, 'controllers'), ...(dynamic?.controllers ?? [])],
    });
  };
  await visit(root);
  return found;
}

const listOf = <T>(type: Type, key: string): T[] => (Reflect.getMetadata(key, type) as T[] | undefined) ?? [];
