import type { Node } from '@pgsql/types';
import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';

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

/** What our trigger functions consist of. */
export type FunctionStep =
  | { readonly kind: 'query'; readonly query: string; readonly into: readonly string[] }
  | { readonly kind: 'if'; readonly condition: string; readonly body: readonly FunctionStep[] }
  | { readonly kind: 'raise'; readonly message: string }
  | { readonly kind: 'return' };

export interface FunctionBody {
  /** Records are left out: ours only stand in messages. */
  readonly variables: readonly { readonly name: string; readonly type: string }[];
  readonly steps: readonly FunctionStep[];
}

/** A function in plpgsql, as Postgres itself reads it. */
export function parseFunction(body: string): FunctionBody {
  const text = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $function$${body}$function$`;
  const parsed = parsePlPgSQLSync(text) as unknown as {
    plpgsql_funcs: { PLpgSQL_function: { datums: Tree[]; action: { PLpgSQL_stmt_block: { body: Tree[] } } } }[];
  };
  const { datums, action } = parsed.plpgsql_funcs[0]!.PLpgSQL_function;
  const variables = datums.flatMap((datum) => {
    const variable = datum['PLpgSQL_var'];
    if (!variable || variable.refname!.startsWith('tg_')) return [];
    const written = variable.datatype!.PLpgSQL_type.typname;
    return [{ name: variable.refname!, type: written === 'boolean' ? 'bool' : written }];
  });
  return { variables, steps: action.PLpgSQL_stmt_block.body.map(stepOf) };
}

/** Of the tree that the parser makes of plpgsql: a node has one property, its kind. */
type Tree = Readonly<Record<string, TreeBody | undefined>>;
interface TreeBody {
  readonly refname?: string;
  readonly datatype?: { readonly PLpgSQL_type: { readonly typname: string } };
  readonly sqlstmt?: Query;
  readonly expr?: Query;
  readonly cond?: Query;
  readonly target?: {
    readonly PLpgSQL_rec?: unknown;
    readonly PLpgSQL_row?: { readonly fields: readonly { readonly name: string }[] };
  };
  readonly then_body?: readonly Tree[];
  readonly elsif_list?: unknown;
  readonly else_body?: unknown;
  readonly message?: string;
}
interface Query {
  readonly PLpgSQL_expr: { readonly query: string };
}

function stepOf(tree: Tree): FunctionStep {
  const [kind, body] = Object.entries(tree)[0]!;
  switch (kind) {
    case 'PLpgSQL_stmt_execsql': {
      const into = (body!.target?.PLpgSQL_row?.fields ?? []).map(({ name }) => name);
      return { kind: 'query', query: body!.sqlstmt!.PLpgSQL_expr.query, into };
    }
    case 'PLpgSQL_stmt_perform':
      return { kind: 'query', query: body!.expr!.PLpgSQL_expr.query, into: [] };
    case 'PLpgSQL_stmt_if':
      if (body!.elsif_list || body!.else_body) throw new NotSupported('ELSE in a function');
      return { kind: 'if', condition: body!.cond!.PLpgSQL_expr.query, body: (body!.then_body ?? []).map(stepOf) };
    case 'PLpgSQL_stmt_raise':
      return { kind: 'raise', message: body!.message! };
    case 'PLpgSQL_stmt_return':
      return { kind: 'return' };
    default:
      throw new NotSupported(`${kind} in a function`);
  }
}

/** SQL that the simulation has no use for so far. Loud, so that nothing is ever half executed. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported';
  constructor(what: string) {
    super(`the Postgres in memory does not know ${what}`);
  }
}
