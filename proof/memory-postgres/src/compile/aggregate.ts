import assert from 'node:assert/strict';
import type { FuncCall } from '@pgsql/types';
import type { SqlType, SqlValue } from '../sql-type.js';
import { NotSupported } from '../syntax.js';
import { jsonOf, order } from './compare.js';
import { Expr, type Accumulator, type Execution, type Scope } from './plan.js';

const sumTypes: Readonly<Record<SqlType, SqlType>> = {
  int2: 'int8',
  int4: 'int8',
  int8: 'numeric',
  numeric: 'numeric',
  float8: 'float8',
};

const names = new Set([
  'count',
  'sum',
  'max',
  'min',
  'jsonb_agg',
  'json_agg',
  'array_agg',
  'string_agg',
  'bool_or',
  'bool_and',
]);

/** An aggregate's result, or undefined for any other function. The enclosing SELECT feeds the rows to its accumulator. */
export function aggregateOf(node: FuncCall, name: string, scope: Scope): Expr | undefined {
  if (!names.has(name)) return undefined;
  if (!scope.aggregates) throw new NotSupported(`${name} here`);
  // Arguments are evaluated per row, and an aggregate inside an aggregate is an error.
  const { aggregates } = scope;
  scope.aggregates = undefined;
  const arg = node.args?.[0] && scope.planner.compile.expr(node.args[0], scope);
  const filter = node.agg_filter && scope.planner.compile.expr(node.agg_filter, scope);
  const sorts = (node.agg_order ?? []).map((sort) => {
    assert('SortBy' in sort);
    return {
      key: scope.planner.compile.expr(sort.SortBy.node!, scope),
      sign: sort.SortBy.sortby_dir === 'SORTBY_DESC' ? -1 : 1,
    };
  });
  scope.aggregates = aggregates;
  const slot = scope.planner.slot();
  const start = (): Accumulator => {
    const accumulator = accumulatorOf(name, arg, node.agg_distinct === true, sorts);
    if (!filter) return accumulator;
    return {
      add: (x) => {
        if (filter.run(x) === true) accumulator.add(x);
      },
      result: () => accumulator.result(),
    };
  };
  aggregates.push({ slot, start });
  return new Expr(typeOfAggregate(name, arg), (x) => x.frame[slot]);
}

function typeOfAggregate(name: string, arg: Expr | undefined): SqlType {
  switch (name) {
    case 'count':
      return 'int8';
    case 'sum':
      return sumTypes[arg!.type] ?? 'numeric';
    case 'jsonb_agg':
      return 'jsonb';
    case 'json_agg':
      return 'json';
    case 'array_agg':
      return `${arg!.type}[]`;
    case 'bool_or':
    case 'bool_and':
      return 'bool';
    default:
      return arg!.type;
  }
}

function accumulatorOf(
  name: string,
  arg: Expr | undefined,
  distinct: boolean,
  sorts: readonly { key: Expr; sign: number }[],
): Accumulator {
  const values: { value: SqlValue; keys: SqlValue[] }[] = [];
  const seen = new Set<SqlValue>();
  const add = (x: Execution): void => {
    const value = arg ? arg.run(x) : true;
    const isJson = name === 'jsonb_agg' || name === 'json_agg';
    if (value === null && !isJson && name !== 'array_agg') return;
    if (distinct && seen.has(value)) return;
    seen.add(value);
    values.push({ value: isJson ? jsonOf(value, arg!.type) : value, keys: sorts.map(({ key }) => key.run(x)) });
  };
  const result = (): SqlValue => {
    if (sorts.length > 0) {
      values.sort((a, b) => {
        for (const [place, { sign }] of sorts.entries()) {
          const by = order(a.keys[place], b.keys[place]) * sign;
          if (by !== 0) return by;
        }
        return 0;
      });
    }
    const all = values.map(({ value }) => value);
    if (name === 'count') return all.length;
    if (all.length === 0) return null;
    switch (name) {
      case 'sum':
        return all.reduce<number>((sum, value) => sum + (value as number), 0);
      case 'max':
        return all.reduce((best, value) => (order(value, best) > 0 ? value : best));
      case 'min':
        return all.reduce((best, value) => (order(value, best) < 0 ? value : best));
      case 'bool_or':
        return all.includes(true);
      case 'bool_and':
        return !all.includes(false);
      case 'jsonb_agg':
      case 'json_agg':
      case 'array_agg':
        return all;
      default:
        throw new NotSupported(`the aggregate ${name}`);
    }
  };
  return { add, result };
}
