import type { Node } from '@pgsql/types';
import { loadModule, parseSync } from 'libpg-query';

export type { Node } from '@pgsql/types';

// Postgres' own parser, compiled to WebAssembly: what it accepts is what the server accepts.
await loadModule();

/** The statements of a text, as Postgres itself reads them. Throws what Postgres would say of the syntax. */
export function parse(text: string): Node[] {
  const { stmts = [] } = parseSync(text) as { stmts?: { stmt?: Node }[] };
  return stmts.map(({ stmt }) => stmt!);
}

/** A node's kind and its body: every node of the tree is an object with one property. */
export function kindOf(node: Node): string {
  return Object.keys(node)[0]!;
}

/** The last of the names in `pg_catalog.int8`, `public.charge`. */
export function lastName(names: readonly Node[] | undefined): string {
  const last = names?.at(-1);
  if (!last || !('String' in last)) throw new NotSupported('a name without an end');
  return last.String.sval ?? '';
}

export function stringOf(node: Node): string {
  if (!('String' in node)) throw new NotSupported(`${kindOf(node)} where a name should be`);
  return node.String.sval ?? '';
}

/** SQL that the simulation has no use for so far. Loud, so that nothing is ever half executed. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported';
  constructor(what: string) {
    super(`the Postgres in memory does not know ${what}`);
  }
}
