import type { SelectStmt, SortBy } from '@pgsql/types';
import type { RowValues } from '../schema.js';
import type { SqlValue } from '../sql-type.js';
import type { LockMode } from '../storage.js';
import { kindOf, NotSupported, stringOf, type Node } from '../syntax.js';
import { order } from './compare.js';
import { binary, coerced, compileExpr, columnAt } from './expression.js';
import { asFrom, compileFrom, filterEarly, useIndexes } from './from.js';
import {
  conjunctsOf,
  type Accumulator,
  type Aggregate,
  type Execution,
  type Expr,
  type OutputColumn,
  type Query,
  type Relation,
  type Scope,
} from './plan.js';
import { compileWith } from './with.js';

export interface SelectOutput extends OutputColumn {
  readonly expr: Expr;
}

/** Compiles any SELECT: plain, VALUES or a set operation, with its WITH, ORDER BY and LIMIT. */
export function compileSelect(stmt: SelectStmt, scope: Scope): Query {
  const finishWith = compileWith(stmt.withClause, scope);
  const body = stmt.valuesLists?.length
    ? compileValues(stmt.valuesLists, scope)
    : stmt.op && stmt.op !== 'SETOP_NONE'
      ? compileSetOperation(stmt, scope)
      : compilePlain(asFrom(stmt), scope);
  if (!finishWith) return body;
  return {
    columns: body.columns,
    run: (x) => {
      const rows = body.run(x);
      finishWith(x);
      return rows;
    },
  };
}

function compileValues(lists: readonly Node[], scope: Scope): Query {
  const rows = lists.map((list) => {
    if (!('List' in list)) throw new NotSupported('this form of VALUES');
    return (list.List.items ?? []).map((item) => ('SetToDefault' in item ? undefined : compileExpr(item, scope)));
  });
  const columns = rows[0]!.map((_, place) => ({
    name: `column${place + 1}`,
    type: rows.map((row) => row[place]?.type ?? 'unknown').find((type) => type !== 'unknown') ?? 'unknown',
  }));
  // An undefined entry stands for DEFAULT.
  return { columns, run: (x) => rows.map((row) => row.map((expr) => expr?.run(x))) };
}

function compileSetOperation({ op, all, larg, rarg, sortClause, limitCount }: SelectStmt, scope: Scope): Query {
  if (op !== 'SETOP_UNION' || limitCount) throw new NotSupported(`${op} here`);
  const left = compileSelect(larg!, scope.child());
  const right = compileSelect(rarg!, scope.child());
  const columns = left.columns.map((column, place) => ({
    ...column,
    type: column.type === 'unknown' ? right.columns[place]!.type : column.type,
  }));
  const sorts = (sortClause ?? []).map((sort) => sortOnOutput(sort, columns));
  return {
    columns,
    run: (x) => {
      let rows = [...left.run(x), ...right.run(x)];
      if (!all) rows = distinct(rows);
      return sorts.length > 0 ? rows.sort((a, b) => byAll(sorts, a, b)) : rows;
    },
  };
}

function sortOnOutput(sort: Node, columns: readonly OutputColumn[]): (a: SqlValue[], b: SqlValue[]) => number {
  if (!('SortBy' in sort)) throw new NotSupported('this form of ORDER BY');
  const node = sort.SortBy.node!;
  const name = 'ColumnRef' in node ? stringOf(node.ColumnRef.fields![0]!) : '';
  const place = 'A_Const' in node ? node.A_Const.ival!.ival! - 1 : columns.findIndex((column) => column.name === name);
  if (place < 0) throw new NotSupported('this form of ORDER BY of a union');
  return (a, b) => directed(sort.SortBy, a[place] ?? null, b[place] ?? null);
}

function byAll<T>(sorts: readonly ((a: T, b: T) => number)[], a: T, b: T): number {
  for (const sort of sorts) {
    const by = sort(a, b);
    if (by !== 0) return by;
  }
  return 0;
}

function directed({ sortby_dir, sortby_nulls }: SortBy, a: SqlValue, b: SqlValue): number {
  const descending = sortby_dir === 'SORTBY_DESC';
  if ((a === null) !== (b === null)) {
    const nullsFirst = sortby_nulls === 'SORTBY_NULLS_FIRST' || (sortby_nulls !== 'SORTBY_NULLS_LAST' && descending);
    return (a === null) === nullsFirst ? -1 : 1;
  }
  return descending ? -order(a, b) : order(a, b);
}

const distinct = (rows: readonly SqlValue[][]): SqlValue[][] => [
  ...new Map(rows.map((row) => [JSON.stringify(row), row])).values(),
];

/** A selected row before output: its sort keys, and the current rows of its relations. */
interface Found {
  readonly keys: readonly SqlValue[];
  readonly frame: readonly unknown[];
  readonly handles: Execution['handles'];
}

function compilePlain(stmt: SelectStmt, scope: Scope): Query {
  const conditions = conjunctsOf(stmt.whereClause);
  const { source, accesses } = compileFrom(stmt.fromClause ?? [], scope, conditions);
  const where = conditions.map((condition) => compileExpr(condition, scope));
  where.push(...pushedDownConditions(stmt, scope));
  useIndexes(accesses, conditions, scope);
  filterEarly(accesses, where, scope);
  const holds = (x: Execution): boolean => where.every((condition) => condition.run(x) === true);

  const aggregates: Aggregate[] = [];
  scope.aggregates = aggregates;
  const outputs = compileTargets(stmt.targetList ?? [], scope);
  const having = stmt.havingClause && compileExpr(stmt.havingClause, scope);
  const sorts = (stmt.sortClause ?? []).map((sort) => compileSort(sort, outputs, scope));
  scope.aggregates = undefined;
  const groups = (stmt.groupClause ?? []).map((group) => compileGroup(group, outputs, scope));
  const columns = outputs.map(({ name, type }) => ({ name, type: type === 'unknown' ? 'text' : type }));

  const limit = stmt.limitCount && compileExpr(stmt.limitCount, scope);
  const limitOf = (x: Execution): number => {
    const value = limit?.run(x) ?? null;
    return value === null ? Infinity : Number(value);
  };
  if (stmt.limitOffset) throw new NotSupported('OFFSET');
  const isDistinct = (stmt.distinctClause?.length ?? 0) > 0;
  const outputOf = (x: Execution): SqlValue[] => outputs.map(({ expr }) => expr.run(x));
  const locks = locksOf(stmt, scope);

  const isGrouped = aggregates.length > 0 || groups.length > 0;
  const find = (x: Execution, most: number): Found[] => {
    const found: Found[] = [];
    source(x, () => {
      if (!holds(x)) return false;
      found.push({ keys: sorts.map(({ expr }) => expr.run(x)), frame: x.frame.slice(), handles: x.handles.slice() });
      return found.length >= most;
    });
    return found;
  };
  const sorted = <T extends { readonly keys: readonly SqlValue[] }>(found: T[]): T[] => {
    if (sorts.length === 0 || found.length < 2) return found;
    return found.sort((a, b) => {
      for (const [place, { by }] of sorts.entries()) {
        const order = directed(by, a.keys[place], b.keys[place]);
        if (order !== 0) return order;
      }
      return 0;
    });
  };

  const run = (x: Execution): SqlValue[][] => {
    const most = limitOf(x);
    if (most === 0) return [];
    if (isGrouped) {
      const found = grouped(x, source, holds, groups, aggregates, sorts, having);
      return sorted(found)
        .slice(0, most)
        .map((each) => outputOf(at(x, each)));
    }
    if (locks.length === 0 && sorts.length === 0) {
      const rows: SqlValue[][] = [];
      source(x, () => {
        if (holds(x)) rows.push(outputOf(x));
        return rows.length >= most && !isDistinct;
      });
      return isDistinct ? distinct(rows).slice(0, most) : rows;
    }
    const rows: SqlValue[][] = [];
    if (locks.length === 0) {
      const kept: { keys: SqlValue[]; row: SqlValue[] }[] = [];
      source(x, () => {
        if (holds(x)) kept.push({ keys: sorts.map(({ expr }) => expr.run(x)), row: outputOf(x) });
        return false;
      });
      for (const { row } of sorted(kept).slice(0, isDistinct ? undefined : most)) rows.push(row);
      return isDistinct ? distinct(rows).slice(0, most) : rows;
    }
    const found = sorted(find(x, Infinity));
    for (const each of found) {
      if (rows.length >= most && !isDistinct) break;
      const here = at(x, each);
      if (locks.every((lock) => lock(here, holds))) rows.push(outputOf(here));
    }
    return isDistinct ? distinct(rows).slice(0, most) : rows;
  };
  return { columns, run };
}

/** Predicates of the enclosing SELECT that may filter this one's FROM. None if grouping, LIMIT or a lock intervenes. */
function pushedDownConditions(stmt: SelectStmt, scope: Scope): Expr[] {
  const { groupClause, havingClause, distinctClause, limitCount, lockingClause, withClause, targetList = [] } = stmt;
  const isPlain = [groupClause, distinctClause, lockingClause].every((clause) => !clause?.length);
  if (!isPlain || havingClause || limitCount || withClause) return [];
  return scope.pushedDown.flatMap(({ column, sign, value }) => {
    const target = targetList.find((each) => {
      if (!('ResTarget' in each)) return false;
      const { name, val } = each.ResTarget;
      return (name ?? (val && nameOf(val))) === column;
    });
    // Only plain columns: any other output may contain an aggregate.
    const val = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
    return val && 'ColumnRef' in val ? [binary(sign, compileExpr(val, scope), value)] : [];
  });
}

/** Sets the execution's current rows back to those of a selected row. */
function at(x: Execution, { frame, handles }: Found): Execution {
  for (let slot = 0; slot < frame.length; slot++) x.frame[slot] = frame[slot];
  for (let slot = 0; slot < handles.length; slot++) x.handles[slot] = handles[slot];
  return x;
}

function grouped(
  x: Execution,
  source: (x: Execution, next: () => boolean) => boolean,
  holds: (x: Execution) => boolean,
  groups: readonly Expr[],
  aggregates: readonly Aggregate[],
  sorts: readonly { expr: Expr }[],
  having: Expr | undefined,
): Found[] {
  interface Group {
    readonly frame: unknown[];
    readonly handles: Execution['handles'];
    readonly accumulators: readonly Accumulator[];
  }
  const byKey = new Map<string, Group>();
  const open = (): Group => ({
    frame: x.frame.slice(),
    handles: x.handles.slice(),
    accumulators: aggregates.map(({ start }) => start()),
  });
  source(x, () => {
    if (!holds(x)) return false;
    const key = groups.length === 0 ? '' : JSON.stringify(groups.map((group) => group.run(x)));
    let group = byKey.get(key);
    if (!group) byKey.set(key, (group = open()));
    for (const accumulator of group.accumulators) accumulator.add(x);
    return false;
  });
  if (byKey.size === 0 && groups.length === 0) byKey.set('', open());
  const found: Found[] = [];
  for (const { frame, handles, accumulators } of byKey.values()) {
    for (const [place, { slot }] of aggregates.entries()) frame[slot] = accumulators[place]!.result();
    const here = at(x, { keys: [], frame, handles });
    if (having && having.run(here) !== true) continue;
    found.push({ keys: sorts.map(({ expr }) => expr.run(here)), frame, handles });
  }
  return found;
}

/** Compiles the output list of a SELECT or of RETURNING. */
export function compileTargets(targets: readonly Node[], scope: Scope): SelectOutput[] {
  return targets.flatMap((target) => {
    if (!('ResTarget' in target)) throw new NotSupported(`${kindOf(target)} as an output`);
    const { name, val } = target.ResTarget;
    if (!val) return [];
    const star = starOf(val);
    if (star !== undefined) return starred(star, scope.relations);
    const expr = compileExpr(val, scope);
    return [
      { name: name ?? nameOf(val), type: expr.type, expr: expr.type === 'unknown' ? coerced(expr, 'text') : expr },
    ];
  });
}

/** `''` for `*`, the relation's name for `relation.*`. */
function starOf(val: Node): string | undefined {
  if (!('ColumnRef' in val)) return undefined;
  const fields = val.ColumnRef.fields ?? [];
  if (!('A_Star' in fields.at(-1)!)) return undefined;
  return fields.length === 1 ? '' : stringOf(fields[0]!);
}

const starred = (alias: string, relations: readonly Relation[]): SelectOutput[] =>
  relations
    .filter((relation) => alias === '' || relation.alias === alias)
    .flatMap((relation) =>
      relation.columns.map(({ name, type }, place) => ({ name, type, expr: columnAt(relation, place) })),
    );

/** As Postgres names an output without `AS` (`FigureColname` in its parse_target.c). */
const nameOf = (val: Node): string => figuredName(val)?.name ?? '?column?';

/** @returns a weak name gives way to that of a cast, or of a CASE, around it */
function figuredName(val: Node): { readonly name: string; readonly weak?: true } | undefined {
  if ('ColumnRef' in val) return { name: stringOf(val.ColumnRef.fields!.at(-1)!) };
  if ('FuncCall' in val) return { name: stringOf(val.FuncCall.funcname!.at(-1)!) };
  if ('TypeCast' in val) {
    const { arg, typeName } = val.TypeCast;
    const figured = figuredName(arg!);
    return figured && !figured.weak ? figured : { name: stringOf(typeName!.names!.at(-1)!), weak: true };
  }
  if ('CaseExpr' in val) {
    const { defresult } = val.CaseExpr;
    const figured = defresult && figuredName(defresult);
    return figured && !figured.weak ? figured : { name: 'case', weak: true };
  }
  if ('CoalesceExpr' in val) return { name: 'coalesce' };
  if ('MinMaxExpr' in val) return { name: val.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest' };
  if ('A_ArrayExpr' in val) return { name: 'array' };
  if ('RowExpr' in val) return { name: 'row' };
  if ('A_Expr' in val && val.A_Expr.kind === 'AEXPR_NULLIF') return { name: 'nullif' };
  if ('SubLink' in val) {
    const { subselect, subLinkType } = val.SubLink;
    if (subLinkType === 'EXISTS_SUBLINK') return { name: 'exists' };
    if (subLinkType === 'ARRAY_SUBLINK') return { name: 'array' };
    const target = subselect && 'SelectStmt' in subselect ? subselect.SelectStmt.targetList?.[0] : undefined;
    if (target && 'ResTarget' in target) return { name: target.ResTarget.name ?? nameOf(target.ResTarget.val!) };
  }
  return undefined;
}

function compileSort(sort: Node, outputs: readonly SelectOutput[], scope: Scope): { expr: Expr; by: SortBy } {
  if (!('SortBy' in sort)) throw new NotSupported('this form of ORDER BY');
  return { expr: outputOrExpr(sort.SortBy.node!, outputs, scope), by: sort.SortBy };
}

const compileGroup = (group: Node, outputs: readonly SelectOutput[], scope: Scope): Expr =>
  outputOrExpr(group, outputs, scope);

/** An item of ORDER BY or GROUP BY: an output's name, its position, or an expression. */
function outputOrExpr(node: Node, outputs: readonly SelectOutput[], scope: Scope): Expr {
  if ('A_Const' in node && node.A_Const.ival) return outputs[node.A_Const.ival.ival! - 1]!.expr;
  if ('ColumnRef' in node && node.ColumnRef.fields!.length === 1) {
    const name = stringOf(node.ColumnRef.fields![0]!);
    const output = outputs.find((each) => each.name === name);
    if (output) return output.expr;
  }
  return compileExpr(node, scope);
}

/** Locks the current row. False if the row is skipped: by SKIP LOCKED, or because it no longer fits after a wait. */
type RowLock = (x: Execution, holds: (x: Execution) => boolean) => boolean;

const modes: Readonly<Record<string, LockMode>> = {
  LCS_FORKEYSHARE: 'key_share',
  LCS_FORSHARE: 'share',
  LCS_FORNOKEYUPDATE: 'no_key_update',
  LCS_FORUPDATE: 'update',
};

function locksOf({ lockingClause }: SelectStmt, scope: Scope): RowLock[] {
  return (lockingClause ?? []).flatMap((clause) => {
    if (!('LockingClause' in clause)) throw new NotSupported('this form of lock');
    const { lockedRels, strength, waitPolicy } = clause.LockingClause;
    const names = lockedRels?.map((rel) => ('RangeVar' in rel ? rel.RangeVar.relname : undefined));
    if (waitPolicy === 'LockWaitError') throw new NotSupported('NOWAIT');
    return scope.relations
      .filter(({ table, alias }) => table && (!names || names.includes(alias)))
      .map(({ slot }): RowLock => (x, holds) => {
        const row = x.handles[slot];
        if (!row) return true;
        const mode = modes[strength!]!;
        if (waitPolicy === 'LockWaitSkip' && x.tx.holdersAgainst(row, mode).length > 0) return false;
        x.tx.lock(row, mode);
        return refreshed(x, slot, row, holds);
      });
  });
}

/**
 * Under READ COMMITTED, after a lock wait only the locked row is re-read and re-checked; joined rows come from the
 * statement's snapshot. Source: PostgreSQL manual, 13.2.1.
 */
export function refreshed(
  x: Execution,
  slot: number,
  row: NonNullable<Execution['handles'][number]>,
  holds: (x: Execution) => boolean,
): boolean {
  const latest: RowValues | null = row.latestFor(x.tx);
  if (latest === x.frame[slot]) return true;
  if (latest === null) return false;
  x.frame[slot] = latest;
  return holds(x);
}
