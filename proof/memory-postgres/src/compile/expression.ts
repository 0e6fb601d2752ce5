import type { A_Const, A_Expr, ColumnRef, FuncCall, SubLink } from '@pgsql/types';
import { cast, elementOf, typeOf, type SqlType, type SqlValue } from '../sql-type.js';
import { kindOf, lastName, NotSupported, stringOf, type Node } from '../syntax.js';
import { aggregateOf } from './aggregate.js';
import { jsonOf, order, same } from './compare.js';
import { functions, operate, typeOfOperation } from './functions.js';
import { constant, Expr, rowAt, union, type Execution, type Relation, type Scope } from './plan.js';

const comparisons: Readonly<Record<string, (a: SqlValue, b: SqlValue) => boolean>> = {
  '=': same,
  '<>': (a, b) => !same(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
};

export function compileExpr(node: Node, scope: Scope): Expr {
  if ('ColumnRef' in node) return column(node.ColumnRef, scope);
  if ('ParamRef' in node) {
    const place = node.ParamRef.number! - 1;
    return new Expr('unknown', (x) => x.params[place] ?? null);
  }
  if ('A_Const' in node) return literal(node.A_Const);
  if ('TypeCast' in node) {
    return coerced(compileExpr(node.TypeCast.arg!, scope), typeOf(node.TypeCast.typeName), true);
  }
  if ('A_Expr' in node) return operation(node.A_Expr, scope);
  if ('BoolExpr' in node)
    return logic(
      node.BoolExpr.boolop!,
      (node.BoolExpr.args ?? []).map((arg) => compileExpr(arg, scope)),
    );
  if ('NullTest' in node) {
    const arg = compileExpr(node.NullTest.arg!, scope);
    const wanted = node.NullTest.nulltesttype === 'IS_NULL';
    return new Expr('bool', (x) => (arg.run(x) === null) === wanted, arg.slots);
  }
  if ('BooleanTest' in node) {
    const arg = compileExpr(node.BooleanTest.arg!, scope);
    const tests: Record<string, (value: SqlValue) => boolean> = {
      IS_TRUE: (value) => value === true,
      IS_NOT_TRUE: (value) => value !== true,
      IS_FALSE: (value) => value === false,
      IS_NOT_FALSE: (value) => value !== false,
    };
    const test = tests[node.BooleanTest.booltesttype!]!;
    return new Expr('bool', (x) => test(arg.run(x)), arg.slots);
  }
  if ('CoalesceExpr' in node) return firstOf((node.CoalesceExpr.args ?? []).map((arg) => compileExpr(arg, scope)));
  if ('MinMaxExpr' in node) {
    const args = (node.MinMaxExpr.args ?? []).map((arg) => compileExpr(arg, scope));
    return extreme(args, node.MinMaxExpr.op === 'IS_GREATEST' ? 1 : -1);
  }
  if ('CaseExpr' in node) return choice(node.CaseExpr, scope);
  if ('FuncCall' in node) return call(node.FuncCall, scope);
  if ('SubLink' in node) return subquery(node.SubLink, scope);
  if ('A_ArrayExpr' in node) {
    const items = (node.A_ArrayExpr.elements ?? []).map((item) => compileExpr(item, scope));
    const type = `${items[0]?.type ?? 'text'}[]`;
    return listOf(items, type);
  }
  if ('RowExpr' in node) {
    const items = (node.RowExpr.args ?? []).map((item) => compileExpr(item, scope));
    return listOf(items, 'record');
  }
  if ('CollateClause' in node) return compileExpr(node.CollateClause.arg!, scope);
  throw new NotSupported(`the expression ${kindOf(node)}`);
}

const listOf = (items: readonly Expr[], type: SqlType): Expr =>
  new Expr(type, (x) => items.map((item) => item.run(x)), union(...items.map(({ slots }) => slots)));

/** Casts to the type. A literal or a parameter without a type takes it without a cast, unless `always`. */
export function coerced(expr: Expr, type: SqlType, always = false): Expr {
  if (expr.type === type || type === 'unknown') return expr;
  if (!always && expr.type !== 'unknown') return expr.as(type);
  if (expr.fixed) return constant(cast(expr.run(undefined as never), type), type);
  return new Expr(type, (x) => cast(expr.run(x), type), expr.slots);
}

function column({ fields = [] }: ColumnRef, scope: Scope): Expr {
  const last = fields.at(-1)!;
  if ('A_Star' in last) throw new NotSupported('a star inside an expression');
  const name = stringOf(last);
  const qualifier = fields.length > 1 ? stringOf(fields.at(-2)!) : undefined;
  for (let level: Scope | undefined = scope; level; level = level.parent) {
    for (const relation of level.relations) {
      if (qualifier !== undefined && relation.alias !== qualifier) continue;
      const place = relation.columns.findIndex((each) => each.name === name);
      if (place < 0 && !(name === 'ctid' && relation.table)) continue;
      scope.reads(relation.slot, level);
      return place >= 0 ? columnAt(relation, place) : handleOf(relation);
    }
    const whole = qualifier === undefined && level.relations.find(({ alias }) => alias === name);
    if (whole) {
      scope.reads(whole.slot, level);
      return wholeRow(whole);
    }
  }
  throw new NotSupported(`the column ${qualifier === undefined ? name : `${qualifier}.${name}`}`);
}

export function columnAt({ slot, columns }: Relation, place: number): Expr {
  const run = (x: Execution): SqlValue => {
    const row = rowAt(x, slot);
    return row === null ? null : (row[place] ?? null);
  };
  return new Expr(columns[place]!.type, run, new Set([slot]));
}

function handleOf({ slot }: Relation): Expr {
  const run = (x: Execution): SqlValue => {
    const row = x.handles[slot];
    return row ? row.placeOf(rowAt(x, slot)!) : null;
  };
  return new Expr('tid', run, new Set([slot]));
}

/** A whole row as one value, in the form that `to_jsonb` gives it. */
function wholeRow({ slot, columns }: Relation): Expr {
  const run = (x: Execution): SqlValue => {
    const row = rowAt(x, slot);
    if (row === null) return null;
    return Object.fromEntries(columns.map(({ name, type }, place) => [name, jsonOf(row[place] ?? null, type)]));
  };
  return new Expr('record', run, new Set([slot]));
}

function literal(value: A_Const): Expr {
  if (value.isnull) return constant(null, 'unknown');
  if (value.ival) return constant(value.ival.ival ?? 0, 'int4');
  if (value.fval) return constant(Number(value.fval.fval), 'numeric');
  if (value.boolval) return constant(value.boolval.boolval ?? false, 'bool');
  if (value.sval) return constant(value.sval.sval ?? '', 'unknown');
  throw new NotSupported('this form of literal');
}

function operation({ kind, name, lexpr, rexpr }: A_Expr, scope: Scope): Expr {
  const sign = lastName(name);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest is loud
  switch (kind) {
    case 'AEXPR_OP':
      if (!lexpr) return negated(compileExpr(rexpr!, scope));
      return binary(sign, compileExpr(lexpr, scope), compileExpr(rexpr!, scope));
    case 'AEXPR_LIKE':
      return binary(sign, compileExpr(lexpr!, scope), compileExpr(rexpr!, scope));
    case 'AEXPR_OP_ANY':
      return quantified(sign, compileExpr(lexpr!, scope), compileExpr(rexpr!, scope), 'any');
    case 'AEXPR_OP_ALL':
      return quantified(sign, compileExpr(lexpr!, scope), compileExpr(rexpr!, scope), 'all');
    case 'AEXPR_IN': {
      const list = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
      const items = list.map((item) => compileExpr(item, scope));
      const all = listOf(items, `${items[0]!.type}[]`);
      return sign === '='
        ? quantified('=', compileExpr(lexpr!, scope), all, 'any')
        : quantified('<>', compileExpr(lexpr!, scope), all, 'all');
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const [left, right] = matched(compileExpr(lexpr!, scope), compileExpr(rexpr!, scope));
      const wanted = kind === 'AEXPR_NOT_DISTINCT';
      const run = (x: Execution): boolean => {
        const [a, b] = [left.run(x), right.run(x)];
        return (a === null || b === null ? a === b : same(a, b)) === wanted;
      };
      return new Expr('bool', run, union(left.slots, right.slots));
    }
    case 'AEXPR_NULLIF': {
      const [left, right] = matched(compileExpr(lexpr!, scope), compileExpr(rexpr!, scope));
      const run = (x: Execution): SqlValue => {
        const [a, b] = [left.run(x), right.run(x)];
        return a !== null && b !== null && same(a, b) ? null : a;
      };
      return new Expr(left.type, run, union(left.slots, right.slots));
    }
    case 'AEXPR_BETWEEN': {
      const [low, high] = rexpr && 'List' in rexpr ? rexpr.List.items! : [];
      const value = compileExpr(lexpr!, scope);
      return logic('AND_EXPR', [
        binary('>=', value, compileExpr(low!, scope)),
        binary('<=', value, compileExpr(high!, scope)),
      ]);
    }
    default:
      throw new NotSupported(`the operation ${kind}`);
  }
}

function negated(arg: Expr): Expr {
  const run = (x: Execution): SqlValue => {
    const value = arg.run(x);
    return value === null ? null : -(value as number);
  };
  return new Expr(arg.type, run, arg.slots, arg.fixed);
}

/** Type resolution of an operator: an operand without a type takes the other operand's. */
function matched(left: Expr, right: Expr): [Expr, Expr] {
  if (left.type === 'unknown') return [coerced(left, right.type), right];
  return [left, coerced(right, left.type)];
}

export function binary(sign: string, leftSide: Expr, rightSide: Expr): Expr {
  const compare = comparisons[sign];
  if (compare) {
    const [left, right] = matched(leftSide, rightSide);
    const run = (x: Execution): SqlValue => {
      const a = left.run(x);
      if (a === null) return null;
      const b = right.run(x);
      return b === null ? null : compare(a, b);
    };
    return new Expr('bool', run, union(left.slots, right.slots));
  }
  const types = [leftSide.type, rightSide.type] as const;
  const type = typeOfOperation(sign, ...types);
  const run = (x: Execution): SqlValue => {
    const a = leftSide.run(x);
    if (a === null) return null;
    const b = rightSide.run(x);
    return b === null ? null : operate(sign, a, b, types);
  };
  return new Expr(type, run, union(leftSide.slots, rightSide.slots));
}

function quantified(sign: string, leftSide: Expr, array: Expr, which: 'any' | 'all'): Expr {
  const compare = comparisons[sign];
  if (!compare) throw new NotSupported(`${sign} ${which}`);
  const element = elementOf(array.type);
  const left = coerced(leftSide, element);
  const right = array.type === 'unknown' && leftSide.type !== 'unknown' ? coerced(array, `${leftSide.type}[]`) : array;
  const run = (x: Execution): SqlValue => {
    const items = right.run(x) as SqlValue[] | null;
    const a = left.run(x);
    if (items === null) return null;
    if (items.length === 0) return which === 'all';
    if (a === null) return null;
    let unknown = false;
    for (const item of items) {
      if (item === null) unknown = true;
      else if (compare(a, item) === (which === 'any')) return which === 'any';
    }
    return unknown ? null : which === 'all';
  };
  return new Expr('bool', run, union(left.slots, right.slots));
}

/** AND, OR and NOT in three-valued logic. */
function logic(kind: string, args: readonly Expr[]): Expr {
  const slots = union(...args.map((arg) => arg.slots));
  if (kind === 'NOT_EXPR') {
    const run = (x: Execution): SqlValue => {
      const value = args[0]!.run(x);
      return value === null ? null : !value;
    };
    return new Expr('bool', run, slots);
  }
  const decisive = kind === 'OR_EXPR';
  const run = (x: Execution): SqlValue => {
    let unknown = false;
    for (const arg of args) {
      const value = arg.run(x);
      if (value === decisive) return decisive;
      if (value === null) unknown = true;
    }
    return unknown ? null : !decisive;
  };
  return new Expr('bool', run, slots);
}

const typeAmong = (exprs: readonly Expr[]): SqlType => exprs.find(({ type }) => type !== 'unknown')?.type ?? 'text';

function firstOf(args: readonly Expr[]): Expr {
  const type = typeAmong(args);
  const typed = args.map((arg) => coerced(arg, type));
  const run = (x: Execution): SqlValue => {
    for (const arg of typed) {
      const value = arg.run(x);
      if (value !== null) return value;
    }
    return null;
  };
  return new Expr(type, run, union(...args.map(({ slots }) => slots)));
}

function extreme(args: readonly Expr[], sign: 1 | -1): Expr {
  const type = typeAmong(args);
  const typed = args.map((arg) => coerced(arg, type));
  const run = (x: Execution): SqlValue => {
    let best: SqlValue = null;
    for (const arg of typed) {
      const value = arg.run(x);
      if (value !== null && (best === null || order(value, best) * sign > 0)) best = value;
    }
    return best;
  };
  return new Expr(type, run, union(...args.map(({ slots }) => slots)));
}

function choice(node: { arg?: Node; args?: Node[]; defresult?: Node }, scope: Scope): Expr {
  const subject = node.arg && compileExpr(node.arg, scope);
  const cases = (node.args ?? []).map((each) => {
    if (!('CaseWhen' in each)) throw new NotSupported('this form of CASE');
    const when = compileExpr(each.CaseWhen.expr!, scope);
    return { when: subject ? binary('=', subject, when) : when, result: compileExpr(each.CaseWhen.result!, scope) };
  });
  const otherwise = node.defresult ? compileExpr(node.defresult, scope) : constant(null, 'unknown');
  const type = typeAmong([...cases.map(({ result }) => result), otherwise]);
  const run = (x: Execution): SqlValue => {
    for (const { when, result } of cases) if (when.run(x) === true) return result.run(x);
    return otherwise.run(x);
  };
  const slots = union(...cases.flatMap(({ when, result }) => [when.slots, result.slots]), otherwise.slots);
  return new Expr(type, run, slots);
}

function call(node: FuncCall, scope: Scope): Expr {
  const name = lastName(node.funcname);
  const aggregate = aggregateOf(node, name, scope);
  if (aggregate) return aggregate;
  const known = functions[name];
  if (!known) throw new NotSupported(`the function ${name}`);
  const args = (node.args ?? []).map((arg) => compileExpr(arg, scope));
  const types = args.map(({ type }) => type);
  const type = typeof known.type === 'string' ? known.type : known.type(types);
  const { run: apply, takesNulls = false } = known;
  const takesJson = name.startsWith('json') || name.startsWith('to_json');
  const run = (x: Execution): SqlValue => {
    const values: SqlValue[] = [];
    for (const arg of args) {
      const value = takesJson ? jsonOf(arg.run(x), arg.type) : arg.run(x);
      if (value === null && !takesNulls) return null;
      values.push(value);
    }
    return apply(values, x);
  };
  return new Expr(type, run, union(...args.map(({ slots }) => slots)));
}

function subquery({ subLinkType, subselect, testexpr, operName }: SubLink, scope: Scope): Expr {
  if (!subselect || !('SelectStmt' in subselect)) throw new NotSupported('this form of subquery');
  const inner = scope.child();
  const { run, columns } = scope.planner.compile.select(subselect.SelectStmt, inner);
  const slots = inner.outer;
  const query = { columns, run: slots.size === 0 ? once(run, scope.planner.slot()) : run };
  const firstColumn = (x: Execution): SqlValue[] => query.run(x).map((row) => row[0] ?? null);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest is loud
  switch (subLinkType) {
    case 'EXISTS_SUBLINK':
      return new Expr('bool', (x) => query.run(x).length > 0, slots);
    case 'EXPR_SUBLINK':
      return new Expr(query.columns[0]!.type, (x) => query.run(x)[0]?.[0] ?? null, slots);
    case 'ARRAY_SUBLINK':
      return new Expr(`${query.columns[0]!.type}[]`, firstColumn, slots);
    case 'ANY_SUBLINK': {
      const rows = new Expr(`${query.columns[0]!.type}[]`, firstColumn, slots);
      return quantified(operName ? lastName(operName) : '=', compileExpr(testexpr!, scope), rows, 'any');
    }
    default:
      throw new NotSupported(`the subquery ${subLinkType}`);
  }
}

/** Runs an uncorrelated subquery once per statement, as Postgres does: running it may take locks. */
function once(run: (x: Execution) => SqlValue[][], slot: number): (x: Execution) => SqlValue[][] {
  return (x) => (x.kept[slot] ??= run(x));
}
