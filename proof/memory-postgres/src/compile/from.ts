import type { JoinExpr, RangeFunction, RangeSubselect, RangeVar, SelectStmt } from '@pgsql/types';
import { cast, elementOf, RowLocation, textOf, typeOf, type SqlValue } from '../sql-type.js';
import { kindOf, lastName, NotSupported, stringOf, type Node } from '../syntax.js';
import type { StoredRow } from '../storage.js';
import type { TableSchema } from '../schema.js';
import { compileExpr } from './expression.js';
import {
  conjunctsOf,
  Expr,
  type ColumnPredicate,
  type Execution,
  type OutputColumn,
  type Relation,
  type Scope,
  type RowSource,
} from './plan.js';

/** Access path of one table: a full scan, or a lookup by one column's value or values. */
export interface Access {
  readonly relation: Relation;
  /** Slots of the relations of this level that are joined before it, and so are filled when it is scanned. */
  readonly before: ReadonlySet<number>;
  /** Conditions that read only this relation and earlier ones. A row that fails one is not joined any further. */
  readonly filters: Expr[];
  /** On the nullable side of an outer join, where WHERE conditions must not filter the scan. */
  isOptional: boolean;
  lookup?: { column: number; expr: Expr; isList: boolean };
}

/** Stands for `ctid` where a column index is expected. */
const CTID = -1;

export interface FromClause {
  readonly source: RowSource;
  readonly accesses: readonly Access[];
}

/** Compiles a FROM clause. Its relations enter the scope from left to right. */
export function compileFrom(items: readonly Node[], scope: Scope, conditions: readonly Node[] = []): FromClause {
  const accesses: Access[] = [];
  const sources = items.map((item) =>
    'RangeVar' in item
      ? named(item.RangeVar, scope, accesses, conditions, items.length === 1)
      : compileItem(item, scope, accesses),
  );
  const source = sources.length === 0 ? (_: Execution, next: () => boolean) => next() : sources.reduce(nested);
  return { source, accesses };
}

const nested =
  (left: RowSource, right: RowSource): RowSource =>
  (x, next) =>
    left(x, () => right(x, next));

function compileItem(item: Node, scope: Scope, accesses: Access[]): RowSource {
  if ('RangeVar' in item) return named(item.RangeVar, scope, accesses);
  if ('RangeSubselect' in item) return subselect(item.RangeSubselect, scope);
  if ('RangeFunction' in item) return rowsFrom(item.RangeFunction, scope);
  if ('JoinExpr' in item) return join(item.JoinExpr, scope, accesses);
  throw new NotSupported(`${kindOf(item)} in FROM`);
}

function enter(scope: Scope, alias: string, columns: readonly OutputColumn[], table?: TableSchema): Relation {
  const relation = { alias, columns, slot: scope.planner.slot(), table };
  scope.relations.push(relation);
  return relation;
}

function named(
  { relname, alias }: RangeVar,
  scope: Scope,
  accesses: Access[],
  conditions: readonly Node[] = [],
  isAlone = false,
): RowSource {
  const name = alias?.aliasname ?? relname!;
  const cte = scope.ctes.get(relname!);
  if (cte) {
    const { slot } = enter(scope, name, renamed(cte.columns, alias?.colnames));
    return (x, next) => over(x, slot, cte.rows(x), next);
  }
  const { schema } = scope.planner;
  const view = schema.views.get(relname!);
  if (view) {
    const pushedDown = conditions.flatMap((condition) => columnPredicateOf(name, condition, scope, isAlone) ?? []);
    return subselect({ subquery: view, alias: { ...alias, aliasname: name } }, scope, pushedDown);
  }
  const table = schema.table(relname!);
  if (!table) throw new NotSupported(`the table ${relname}`);
  const before = new Set(scope.relations.map(({ slot }) => slot));
  const relation = enter(scope, name, table.columns, table);
  const access: Access = { relation, before, filters: [], isOptional: false };
  accesses.push(access);
  return scanOf(access);
}

/** Scans the row versions that the statement's snapshot shows. */
export function scanOf(access: Access): RowSource {
  const { relation, filters } = access;
  const { slot } = relation;
  const { place } = relation.table!;
  return (x, next) => {
    for (const row of candidates(access, x, place)) {
      const values = row.seenBy(x);
      if (values === null) continue;
      x.frame[slot] = values;
      x.handles[slot] = row;
      if (filters.every((filter) => filter.run(x) === true) && next()) return true;
    }
    return false;
  };
}

/** Evaluates each condition at the first relation by which all of its inputs are filled (predicate pushdown). */
export function filterEarly(accesses: readonly Access[], conditions: readonly Expr[], scope: Scope): void {
  const level = new Set(scope.relations.map(({ slot }) => slot));
  for (const condition of conditions) {
    const read = [...condition.slots].filter((slot) => level.has(slot));
    const access = accesses.find(
      ({ relation, before, isOptional }) =>
        !isOptional && read.includes(relation.slot) && read.every((slot) => slot === relation.slot || before.has(slot)),
    );
    access?.filters.push(condition);
  }
}

const signs = new Map([
  ['=', '='],
  ['<', '>'],
  ['<=', '>='],
  ['>', '<'],
  ['>=', '<='],
]);

/** The condition, if it compares a column of this relation with a value that is the same for every row. */
function columnPredicateOf(name: string, condition: Node, scope: Scope, isAlone: boolean): ColumnPredicate | undefined {
  if (!('A_Expr' in condition) || condition.A_Expr.kind !== 'AEXPR_OP') return undefined;
  const { name: operator, lexpr, rexpr } = condition.A_Expr;
  const sign = lastName(operator);
  if (!lexpr || !rexpr || !signs.has(sign)) return undefined;
  for (const [mine, other, turned] of [
    [lexpr, rexpr, sign],
    [rexpr, lexpr, signs.get(sign)!],
  ] as const) {
    const names = 'ColumnRef' in mine ? (mine.ColumnRef.fields ?? []).map((field) => stringOf(field)) : [];
    const isItsOwn = names.length === 2 ? names[0] === name : names.length === 1 && isAlone;
    if (!isItsOwn || 'ColumnRef' in other) continue;
    const value = compileExpr(other, scope);
    if (value.slots.size === 0) return { column: names.at(-1)!, sign: turned, value };
  }
  return undefined;
}

/** A copy, because the statement may write to the table that it reads. */
function candidates({ lookup }: Access, x: Execution, place: number): readonly StoredRow[] {
  const table = x.storage.tables[place]!;
  if (!lookup) return table.rows.size === 0 ? [] : [...table.rows];
  const wanted = lookup.expr.run(x);
  if (wanted === null) return [];
  if (lookup.column === CTID)
    return [
      ...new Set(
        [wanted].flat().flatMap((each) => (each instanceof RowLocation && each.row ? (each.row as StoredRow) : [])),
      ),
    ];
  if (!lookup.isList) return table.having(lookup.column, wanted);
  const values = wanted as SqlValue[];
  if (values.length === 0) return [];
  if (values.length === 1) return table.having(lookup.column, values[0]);
  return [...new Set(values)].flatMap((each) => table.having(lookup.column, each));
}

/**
 * Chooses a lookup for each relation whose conditions compare the first column of an index with a known value.
 * The condition is still evaluated; the lookup only replaces a full scan.
 */
export function useIndexes(accesses: readonly Access[], conditions: readonly Node[], scope: Scope): void {
  const level = new Set(scope.relations.map(({ slot }) => slot));
  for (const access of accesses) {
    for (const condition of conditions) {
      if (access.lookup || !('A_Expr' in condition)) continue;
      const { kind, name, lexpr, rexpr } = condition.A_Expr;
      if ((kind !== 'AEXPR_OP' && kind !== 'AEXPR_OP_ANY') || lastName(name) !== '=' || !lexpr || !rexpr) continue;
      const sides =
        kind === 'AEXPR_OP'
          ? ([
              [lexpr, rexpr],
              [rexpr, lexpr],
            ] as const)
          : ([[lexpr, rexpr]] as const);
      for (const [mine, other] of sides) {
        const column = columnIn(access.relation, mine, scope);
        if (column === undefined) continue;
        const expr = compileExpr(other, scope);
        if ([...expr.slots].some((slot) => level.has(slot) && !access.before.has(slot))) continue;
        access.lookup = {
          column,
          expr: typedAs(expr, access.relation, column, kind === 'AEXPR_OP_ANY'),
          isList: kind === 'AEXPR_OP_ANY',
        };
        break;
      }
    }
  }
}

function typedAs(expr: Expr, relation: Relation, column: number, isList: boolean): Expr {
  if (isList || expr.type !== 'unknown' || column === CTID) return expr;
  const { type } = relation.columns[column]!;
  return new Expr(type, (x) => cast(expr.run(x), type), expr.slots, expr.fixed);
}

function columnIn(relation: Relation, node: Node, scope: Scope): number | undefined {
  if (!relation.table || !('ColumnRef' in node)) return undefined;
  const names = (node.ColumnRef.fields ?? []).map((field) => ('String' in field ? stringOf(field) : '*'));
  const name = names.at(-1)!;
  if (name === 'ctid' && (names.length === 2 ? names[0] === relation.alias : scope.relations[0] === relation))
    return CTID;
  const owners = scope.relations.filter(
    ({ alias, columns }) =>
      (names.length === 1 || alias === names.at(-2)) && columns.some((column) => column.name === name),
  );
  if (owners[0] !== relation) return undefined;
  const column = relation.columns.findIndex((each) => each.name === name);
  return relation.table.lookups.has(column) ? column : undefined;
}

function subselect(
  { subquery, alias }: RangeSubselect,
  scope: Scope,
  pushedDown: readonly ColumnPredicate[] = [],
): RowSource {
  if (!subquery || !('SelectStmt' in subquery)) throw new NotSupported('this form of subquery in FROM');
  const inner = scope.child();
  inner.pushedDown.push(...pushedDown);
  const query = scope.planner.compile.select(subquery.SelectStmt, inner);
  const { slot } = enter(scope, alias?.aliasname ?? '', renamed(query.columns, alias?.colnames));
  return (x, next) => over(x, slot, query.run(x), next);
}

function over(x: Execution, slot: number, rows: readonly SqlValue[][], next: () => boolean): boolean {
  for (const row of rows) {
    x.frame[slot] = row;
    if (next()) return true;
  }
  return false;
}

const renamed = (columns: readonly OutputColumn[], names: readonly Node[] = []): OutputColumn[] =>
  columns.map((column, place) => ({ ...column, ...(names[place] && { name: stringOf(names[place]) }) }));

interface RowFunction {
  readonly columns: readonly OutputColumn[];
  readonly run: (x: Execution) => SqlValue[][];
}

function rowsFrom({ functions = [], ordinality, alias, coldeflist }: RangeFunction, scope: Scope): RowSource {
  const parts = functions.flatMap((item) => {
    if (!('List' in item)) throw new NotSupported('this form of function in FROM');
    const [call, columns] = item.List.items!;
    if (!call || !('FuncCall' in call)) throw new NotSupported('this form of function in FROM');
    const definitions = columns && 'List' in columns ? columns.List.items : coldeflist;
    const args = (call.FuncCall.args ?? []).map((arg) => compileExpr(arg, scope));
    return rowFunction(lastName(call.FuncCall.funcname), args, definitions ?? [], alias?.aliasname);
  });
  const columns = [
    ...parts.flatMap((part) => part.columns),
    ...(ordinality ? [{ name: 'ordinality', type: 'int8' }] : []),
  ];
  const { slot } = enter(scope, alias?.aliasname ?? '', renamed(columns, alias?.colnames));
  const [only] = parts;
  if (only && parts.length === 1) {
    return (x, next) => {
      const rows = only.run(x);
      if (ordinality) for (let place = 0; place < rows.length; place++) rows[place]!.push(place + 1);
      return over(x, slot, rows, next);
    };
  }
  return (x, next) => {
    const results = parts.map((part) => part.run(x));
    const count = Math.max(...results.map((rows) => rows.length));
    const rows: SqlValue[][] = [];
    for (let place = 0; place < count; place++) {
      const row: SqlValue[] = [];
      for (const [which, part] of parts.entries())
        row.push(...(results[which]![place] ?? part.columns.map(() => null)));
      if (ordinality) row.push(place + 1);
      rows.push(row);
    }
    return over(x, slot, rows, next);
  };
}

const setReturning = new Set(['unnest', 'jsonb_object_keys', 'generate_series', 'jsonb_array_elements_text']);

/** `SELECT unnest(…)` alone is `SELECT * FROM unnest(…)`. */
export function asFrom(stmt: SelectStmt): SelectStmt {
  const [target, ...others] = stmt.targetList ?? [];
  if (stmt.fromClause || others.length > 0 || !target || !('ResTarget' in target)) return stmt;
  const { val } = target.ResTarget;
  if (!val || !('FuncCall' in val) || !setReturning.has(lastName(val.FuncCall.funcname))) return stmt;
  const call: Node = { RangeFunction: { functions: [{ List: { items: [val] } }] } };
  const star: Node = { ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } };
  return { ...stmt, fromClause: [call], targetList: [star] };
}

function rowFunction(name: string, args: readonly Expr[], definitions: readonly Node[], alias?: string): RowFunction[] {
  switch (name) {
    case 'unnest':
      return args.map((arg) => ({
        columns: [{ name: args.length === 1 ? (alias ?? 'unnest') : 'unnest', type: elementOf(arg.type) }],
        run: (x) => ((arg.run(x) as SqlValue[] | null) ?? []).map((item) => [item]),
      }));
    case 'generate_series':
      return [
        {
          columns: [{ name: alias ?? name, type: 'int4' }],
          run: (x) => series(args.map((arg) => arg.run(x) as number)),
        },
      ];
    case 'jsonb_object_keys':
      return [
        {
          columns: [{ name: alias ?? name, type: 'text' }],
          run: (x) => Object.keys((args[0]!.run(x) as Record<string, SqlValue> | null) ?? {}).map((key) => [key]),
        },
      ];
    case 'json_to_recordset':
    case 'jsonb_to_recordset':
    case 'jsonb_to_record':
    case 'json_to_record': {
      const columns = definitions.map((definition) => {
        if (!('ColumnDef' in definition)) throw new NotSupported('this form of column list');
        return { name: definition.ColumnDef.colname!, type: typeOf(definition.ColumnDef.typeName) };
      });
      const rowOf = (record: Record<string, SqlValue>): SqlValue[] =>
        columns.map(({ name: of, type }) => cast(record[of] ?? null, type));
      return [
        { columns, run: (x) => [args[0]!.run(x)].flat().map((record) => rowOf(record as Record<string, SqlValue>)) },
      ];
    }
    case 'jsonb_array_elements':
    case 'json_array_elements':
      return [
        {
          columns: [{ name: alias ?? 'value', type: 'jsonb' }],
          run: (x) => (args[0]!.run(x) as SqlValue[]).map((item) => [item]),
        },
      ];
    case 'jsonb_array_elements_text':
      return [
        {
          columns: [{ name: alias ?? 'value', type: 'text' }],
          run: (x) => (args[0]!.run(x) as SqlValue[]).map((item) => [textOf(item)]),
        },
      ];
    default:
      throw new NotSupported(`the function ${name} in FROM`);
  }
}

function series([from = 0, to = 0, step = 1]: readonly number[]): SqlValue[][] {
  const rows: SqlValue[][] = [];
  for (let at = from; step > 0 ? at <= to : at >= to; at += step) rows.push([at]);
  return rows;
}

function join(
  { jointype, larg, rarg, quals, usingClause, alias }: JoinExpr,
  scope: Scope,
  accesses: Access[],
): RowSource {
  if (usingClause?.length || alias) throw new NotSupported('this form of join');
  const start = scope.relations.length;
  const left = compileItem(larg!, scope, accesses);
  const known = accesses.length;
  const leftCount = scope.relations.length;
  const right = compileItem(rarg!, scope, accesses);
  const on = quals ? compileExpr(quals, scope) : undefined;
  useIndexes(accesses.slice(known), conjunctsOf(quals), scope);
  const holds = (x: Execution): boolean => !on || on.run(x) === true;
  if (jointype === 'JOIN_INNER') return (x, next) => left(x, () => right(x, () => holds(x) && next()));
  for (const access of jointype === 'JOIN_FULL' ? accesses : accesses.slice(known)) access.isOptional = true;
  const leftSlots = scope.relations.slice(start, leftCount).map(({ slot }) => slot);
  const rightSlots = scope.relations.slice(leftCount).map(({ slot }) => slot);
  if (jointype === 'JOIN_LEFT') return outer(left, right, holds, rightSlots, () => undefined);
  if (jointype !== 'JOIN_FULL') throw new NotSupported(`the join ${jointype}`);
  const keyOf = (x: Execution): string => JSON.stringify(rightSlots.map((slot) => x.frame[slot]));
  return (x, next) => {
    const matched = new Set<string>();
    if (outer(left, right, holds, rightSlots, (at) => matched.add(keyOf(at)))(x, next)) return true;
    clear(x, leftSlots);
    return right(x, () => !matched.has(keyOf(x)) && next());
  };
}

/** LEFT JOIN: a left row without a match is joined with nulls. */
function outer(
  left: RowSource,
  right: RowSource,
  holds: (x: Execution) => boolean,
  rightSlots: readonly number[],
  onMatch: (x: Execution) => void,
): RowSource {
  return (x, next) =>
    left(x, () => {
      let matched = false;
      const stopped = right(x, () => {
        if (!holds(x)) return false;
        matched = true;
        onMatch(x);
        return next();
      });
      if (matched) return stopped;
      clear(x, rightSlots);
      return next();
    });
}

function clear(x: Execution, slots: readonly number[]): void {
  for (const slot of slots) {
    x.frame[slot] = null;
    x.handles[slot] = undefined;
  }
}
