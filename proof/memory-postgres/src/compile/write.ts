import type { DeleteStmt, InsertStmt, OnConflictClause, UpdateStmt } from '@pgsql/types';
import { columnOf, type RowValues, type TableSchema } from '../schema.js';
import { cast, type SqlValue } from '../sql-type.js';
import { StoredRow, type LockMode } from '../storage.js';
import { kindOf, NotSupported, type Node } from '../syntax.js';
import { compileExpr } from './expression.js';
import { compileFrom, scanOf, useIndexes, type Access } from './from.js';
import { conjunctsOf, Scope, type Execution, type Expr, type Query, type Relation } from './plan.js';
import { compileSelect, compileTargets, refreshed } from './select.js';
import { rulesOf, violationOf, type TableRules } from './rules.js';
import { compileWith } from './with.js';

export function compileWrite(node: Node, scope: Scope): Query {
  if ('InsertStmt' in node) return compileInsert(node.InsertStmt, scope);
  if ('UpdateStmt' in node) return compileUpdate(node.UpdateStmt, scope);
  if ('DeleteStmt' in node) return compileDelete(node.DeleteStmt, scope);
  throw new NotSupported(`${kindOf(node)} here`);
}

function target(
  relation: { relname?: string; alias?: { aliasname?: string } } | undefined,
  scope: Scope,
): Relation & { table: TableSchema } {
  const table = scope.planner.schema.table(relation!.relname!);
  if (!table) throw new NotSupported(`the table ${relation!.relname}`);
  const entered = {
    alias: relation!.alias?.aliasname ?? table.name,
    columns: table.columns,
    slot: scope.planner.slot(),
    table,
  };
  scope.relations.push(entered);
  return entered;
}

function compileInsert(stmt: InsertStmt, scope: Scope): Query {
  const finishWith = compileWith(stmt.withClause, scope);
  const rowsOf = compileSelect(selectOf(stmt), scope.child());
  // The rows of an INSERT cannot name the target's columns. RETURNING and ON CONFLICT can.
  const relation = target(stmt.relation, scope);
  const { table, slot } = relation;
  const rules = rulesOf(table, scope.planner);
  const named = stmt.cols?.map((col) => columnOf(table, 'ResTarget' in col ? col.ResTarget.name! : ''));
  const places = named ?? rowsOf.columns.map((_, place) => place);
  const resolve = stmt.onConflictClause && compileConflict(stmt.onConflictClause, relation, rules, scope);
  const outputs = compileTargets(stmt.returningClause?.exprs ?? [], scope);
  return {
    columns: outputs,
    run: (x) => {
      const returned: SqlValue[][] = [];
      const written: RowValues[] = [];
      for (const given of rowsOf.run(x)) {
        const values = rules.complete(x, places, given);
        const row = insertOne(x, table, values, rules, resolve);
        if (!row) continue;
        written.push(row.written!);
        x.frame[slot] = row.written;
        x.handles[slot] = row;
        if (outputs.length > 0) returned.push(outputs.map(({ expr }) => expr.run(x)));
      }
      rules.fire(x, 'insert', written);
      finishWith?.(x);
      return returned;
    },
  };
}

function selectOf({ selectStmt }: InsertStmt) {
  if (!selectStmt || !('SelectStmt' in selectStmt)) throw new NotSupported('INSERT without rows');
  return selectStmt.SelectStmt;
}

/** The action of ON CONFLICT: an update of the conflicting row, or DO NOTHING if undefined. */
type Resolve = { update?: (x: Execution, row: StoredRow, excluded: RowValues) => boolean };

function insertOne(
  x: Execution,
  table: TableSchema,
  values: RowValues,
  rules: TableRules,
  resolve: Resolve | undefined,
): StoredRow | undefined {
  rules.check(x, values);
  const inTheWay = rules.conflictWith(x, values, undefined);
  if (inTheWay) {
    if (!resolve) throw violationOf(inTheWay);
    if (!resolve.update) return undefined;
    return resolve.update(x, inTheWay.row, values) ? inTheWay.row : undefined;
  }
  const row = new StoredRow(x.storage.tables[table.place]!);
  x.tx.write(row, values, true);
  rules.checkReferences(x, values);
  return row;
}

function compileConflict(
  clause: OnConflictClause,
  relation: Relation & { table: TableSchema },
  rules: TableRules,
  scope: Scope,
): Resolve {
  if (clause.action === 'ONCONFLICT_NOTHING') return {};
  const inner = new Scope(scope.planner, scope);
  inner.relations.push(relation);
  const excluded = { alias: 'excluded', columns: relation.columns, slot: scope.planner.slot() };
  inner.relations.push(excluded);
  const sets = compileSets(clause.targetList ?? [], relation.table, inner);
  const where = clause.whereClause && compileExpr(clause.whereClause, inner);
  const mode = lockModeFor(
    relation.table,
    sets.map(({ column }) => column),
  );
  return {
    update: (x, row, given) => {
      x.tx.lock(row, mode);
      const latest = row.latestFor(x.tx)!;
      x.frame[relation.slot] = latest;
      x.handles[relation.slot] = row;
      x.frame[excluded.slot] = given;
      if (where && where.run(x) !== true) return false;
      rules.rewrite(x, row, changedAt(x, relation.slot, sets, relation.table));
      return true;
    },
  };
}

interface SetClause {
  readonly column: number;
  readonly expr: Expr;
}

function compileSets(targets: readonly Node[], table: TableSchema, scope: Scope): SetClause[] {
  return targets.map((each) => {
    if (!('ResTarget' in each)) throw new NotSupported('this form of SET');
    const column = columnOf(table, each.ResTarget.name!);
    if (column < 0) throw new NotSupported(`the column ${each.ResTarget.name} of ${table.name}`);
    return { column, expr: compileExpr(each.ResTarget.val!, scope) };
  });
}

/** FOR UPDATE if a referenceable key changes, else FOR NO KEY UPDATE. Source: PostgreSQL manual, 13.3.2. */
function lockModeFor(table: TableSchema, columns: readonly number[]): LockMode {
  const keys = new Set(table.uniques.filter(({ where }) => !where).flatMap((unique) => unique.columns));
  return columns.some((column) => keys.has(column)) ? 'update' : 'no_key_update';
}

function compileUpdate(stmt: UpdateStmt, scope: Scope): Query {
  const finishWith = compileWith(stmt.withClause, scope);
  const relation = target(stmt.relation, scope);
  const { table, slot } = relation;
  const rules = rulesOf(table, scope.planner);
  const finder = compileFinder(stmt.fromClause ?? [], stmt.whereClause, relation, scope);
  const sets = compileSets(stmt.targetList ?? [], table, scope);
  const mode = lockModeFor(
    table,
    sets.map(({ column }) => column),
  );
  const outputs = compileTargets(stmt.returningClause?.exprs ?? [], scope);
  return {
    columns: outputs,
    run: (x) => {
      const returned: SqlValue[][] = [];
      const written: RowValues[] = [];
      for (const restore of finder.find(x)) {
        restore();
        const row = x.handles[slot]!;
        x.tx.begins();
        x.tx.lock(row, mode);
        if (!refreshed(x, slot, row, finder.holds)) continue;
        rules.rewrite(x, row, changedAt(x, slot, sets, table));
        written.push(row.written!);
        x.frame[slot] = row.written;
        if (outputs.length > 0) returned.push(outputs.map(({ expr }) => expr.run(x)));
      }
      rules.fire(x, 'update', written);
      finishWith?.(x);
      return returned;
    },
  };
}

function changedAt(x: Execution, slot: number, sets: readonly SetClause[], table: TableSchema): SqlValue[] {
  const next = [...(x.frame[slot] as RowValues)];
  for (const { column, expr } of sets) next[column] = cast(expr.run(x), table.columns[column]!.type);
  return next;
}

function compileDelete(stmt: DeleteStmt, scope: Scope): Query {
  const finishWith = compileWith(stmt.withClause, scope);
  const relation = target(stmt.relation, scope);
  const { table, slot } = relation;
  const rules = rulesOf(table, scope.planner);
  const finder = compileFinder(stmt.usingClause ?? [], stmt.whereClause, relation, scope);
  const outputs = compileTargets(stmt.returningClause?.exprs ?? [], scope);
  return {
    columns: outputs,
    run: (x) => {
      const returned: SqlValue[][] = [];
      const gone: RowValues[] = [];
      for (const restore of finder.find(x)) {
        restore();
        const row = x.handles[slot]!;
        x.tx.begins();
        x.tx.lock(row, 'update');
        if (!refreshed(x, slot, row, finder.holds)) continue;
        if (outputs.length > 0) returned.push(outputs.map(({ expr }) => expr.run(x)));
        gone.push(x.frame[slot] as RowValues);
        x.tx.write(row, null);
        rules.checkUnreferenced(x, x.frame[slot] as RowValues);
      }
      rules.fire(x, 'delete', gone);
      finishWith?.(x);
      return returned;
    },
  };
}

/** Finds all target rows before the first write. A row that joins with several rows of FROM is found once. */
function compileFinder(from: readonly Node[], whereClause: Node | undefined, relation: Relation, scope: Scope) {
  const { slot } = relation;
  const { source, accesses } = compileFrom(from, scope);
  const others = new Set(scope.relations.filter((each) => each !== relation).map((each) => each.slot));
  const own: Access = { relation, before: others, filters: [], isOptional: false };
  const conditions = conjunctsOf(whereClause);
  const where = conditions.map((condition) => compileExpr(condition, scope));
  useIndexes([...accesses, own], conditions, scope);
  const holds = (x: Execution): boolean => where.every((condition) => condition.run(x) === true);
  const scan = scanOf(own);
  const find = (x: Execution): (() => void)[] => {
    const found = new Map<StoredRow, () => void>();
    source(x, () =>
      scan(x, () => {
        const row = x.handles[slot]!;
        if (found.has(row) || !holds(x)) return false;
        const frame = x.frame.slice();
        const handles = x.handles.slice();
        found.set(row, () => {
          for (let place = 0; place < frame.length; place++) x.frame[place] = frame[place];
          for (let place = 0; place < handles.length; place++) x.handles[place] = handles[place];
        });
        return false;
      }),
    );
    return [...found.values()];
  };
  return { find, holds };
}
