import type { Node } from '@pgsql/types';
import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';

export type { Node } from '@pgsql/types';

// libpg_query: the parser of the Postgres server, compiled to WebAssembly.
await loadModule();

/** Parses a text into its statements. Throws Postgres' own syntax error. */
export function parse(text: string): Node[] {
  const { stmts = [] } = parseSync(text) as { stmts?: { stmt?: Node }[] };
  return stmts.map(({ stmt }) => stmt!);
}

/** A node's kind: every node of the tree is an object whose only property is its kind. */
export function kindOf(node: Node): string {
  return Object.keys(node)[0]!;
}

/** The last part of a qualified name such as `pg_catalog.int8` or `public.charge`. */
export function lastName(names: readonly Node[] | undefined): string {
  const last = names?.at(-1);
  if (!last || !('String' in last)) throw new NotSupported('an empty qualified name');
  return last.String.sval ?? '';
}

export function stringOf(node: Node): string {
  if (!('String' in node)) throw new NotSupported(`${kindOf(node)} instead of a name`);
  return node.String.sval ?? '';
}

/** The plpgsql statements that the services' trigger functions use. */
export type FunctionStep =
  | { readonly kind: 'query'; readonly query: string; readonly into: readonly string[] }
  | { readonly kind: 'if'; readonly condition: string; readonly body: readonly FunctionStep[] }
  | { readonly kind: 'raise'; readonly message: string }
  | { readonly kind: 'return' };

export interface FunctionBody {
  /** Scalar variables only: the trigger functions use records only in messages. */
  readonly variables: readonly { readonly name: string; readonly type: string }[];
  readonly steps: readonly FunctionStep[];
}

/** Parses a plpgsql function body. Throws NotSupported for a statement that the simulation does not execute. */
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

/** A node of the parser's plpgsql tree: its only property is its kind. */
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

/** SQL that this Postgres does not implement. It is thrown, so that no statement is executed in part. */
export class NotSupported extends Error {
  override readonly name = 'NotSupported';
  constructor(what: string) {
    super(`the Postgres in memory does not support ${what}`);
  }
}
