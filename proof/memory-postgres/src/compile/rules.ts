import type { RowValues, TableSchema, Unique } from '../schema.js';
import { cast, DataError, type SqlValue } from '../sql-type.js';
import { LockWait } from '../memory-transaction.js';
import type { StoredRow } from '../storage.js';
import { NotSupported } from '../syntax.js';
import { same } from './compare.js';
import { compileExpr } from './expression.js';
import { Scope, type Execution, type Expr, type Planner } from './plan.js';
import { compileTrigger, type FireTrigger } from './trigger.js';

/** A table's defaults, constraints and triggers, as its definition states them. */
export interface TableRules {
  /** Fills in defaults, identities and generated columns. */
  complete(x: Execution, places: readonly number[], given: readonly SqlValue[]): RowValues;
  check(x: Execution, values: RowValues): void;
  /** Foreign keys of the row, checked at the end of the statement. Error 23503. */
  checkReferences(x: Execution, values: RowValues): void;
  /** Foreign keys that refer to a deleted or changed row, checked at the end of the statement. Error 23503. */
  checkUnreferenced(x: Execution, values: RowValues): void;
  /** A row with the same unique key. Throws LockWait while an open transaction inserts, changes or deletes such a row. */
  conflictWith(x: Execution, values: RowValues, besides: StoredRow | undefined): UniqueConflict | undefined;
  /** Checks and writes the next version of a locked row. */
  rewrite(x: Execution, row: StoredRow, values: SqlValue[]): void;
  fire(x: Execution, event: 'insert' | 'update' | 'delete', rows: readonly RowValues[]): void;
}

export interface UniqueConflict {
  readonly row: StoredRow;
  readonly unique: Unique;
}

export const violationOf = ({ unique: { name } }: UniqueConflict): DataError =>
  new DataError('23505', `duplicate key value violates unique constraint "${name}"`, name);

const made = new WeakMap<Planner, Map<TableSchema, TableRules>>();

export function rulesOf(table: TableSchema, planner: Planner): TableRules {
  let ofPlanner = made.get(planner);
  if (!ofPlanner) made.set(planner, (ofPlanner = new Map()));
  let rules = ofPlanner.get(table);
  if (!rules) ofPlanner.set(table, (rules = makeRules(table, planner)));
  return rules;
}

function makeRules(table: TableSchema, planner: Planner): TableRules {
  const scope = new Scope(planner, undefined);
  const slot = planner.slot();
  scope.relations.push({ alias: table.name, columns: table.columns, slot, table });
  const { columns } = table;
  const defaults = columns.map(({ default: node }) => node && compileExpr(node, scope));
  const generated = columns.flatMap(({ generated: node, type }, place) =>
    node ? [{ place, type, expr: compileExpr(node, scope) }] : [],
  );
  const required = columns.flatMap(({ notNull }, place) => (notNull ? [place] : []));
  const checks = table.checks.map(({ name, expression }) => ({ name, expr: compileExpr(expression, scope) }));
  const uniques = table.uniques.map((unique) => ({ unique, where: unique.where && compileExpr(unique.where, scope) }));
  let triggers: FireTrigger[] | undefined;

  const covers = (x: Execution, where: Expr | undefined, values: RowValues): boolean => {
    if (!where) return true;
    x.frame[slot] = values;
    return where.run(x) === true;
  };
  const isInTheWay = (
    x: Execution,
    unique: Unique,
    where: Expr | undefined,
    values: RowValues,
    version: RowValues | null,
  ): boolean => version !== null && hasKey(unique, version, values) && covers(x, where, version);
  const hasKey = ({ columns: key }: Unique, a: RowValues, b: RowValues): boolean =>
    key.every((column) => a[column] !== null && b[column] !== null && same(a[column], b[column]));

  const rules: TableRules = {
    complete(x, places, given) {
      const values: SqlValue[] = Array.from({ length: columns.length });
      for (const [which, place] of places.entries()) {
        const value = given[which];
        if (value !== undefined) values[place] = cast(value, columns[place]!.type);
      }
      for (let place = 0; place < columns.length; place++) {
        if (values[place] !== undefined) continue;
        const { type, identity } = columns[place]!;
        values[place] = identity
          ? x.tx.nextIdentity(x.storage.tables[table.place]!)
          : cast(defaults[place]?.run(x) ?? null, type);
      }
      generate(x, values);
      return values;
    },
    check(x, values) {
      for (const place of required) {
        if (values[place] !== null) continue;
        throw new DataError('23502', `null value in column "${columns[place]!.name}" of relation "${table.name}"`);
      }
      x.frame[slot] = values;
      for (const { name, expr } of checks) {
        if (expr.run(x) === false)
          throw new DataError('23514', `a row of "${table.name}" violates check "${name}"`, name);
      }
    },
    checkReferences(x, values) {
      if (table.foreignKeys.length > 0) x.behind.push(() => findReferenced(x, values));
    },
    checkUnreferenced(x, values) {
      x.behind.push(() => findReferring(x, values));
    },
    conflictWith(x, values, besides) {
      for (const { unique, where } of uniques) {
        if (!covers(x, where, values)) continue;
        const [first] = unique.columns;
        for (const row of x.storage.tables[table.place]!.having(first!, values[first!])) {
          if (row === besides) continue;
          const another = row.writer && row.writer !== x.tx ? row.writer : undefined;
          const fits = isInTheWay(x, unique, where, values, another ? row.written : row.latestFor(x.tx));
          // Postgres waits for the writer of a row with this key even if the key itself does not change.
          if (another && (fits || isInTheWay(x, unique, where, values, row.committed)))
            throw new LockWait(row, [another]);
          if (fits) return { row, unique };
        }
      }
      return undefined;
    },
    rewrite(x, row, values) {
      if (row.writer === x.tx && row.writtenBy === x.command) {
        throw new DataError('21000', 'a statement cannot affect a row a second time');
      }
      const before = row.latestFor(x.tx)!;
      generate(x, values);
      rules.check(x, values);
      if (becomesFindable(x, before, values)) {
        const conflict = rules.conflictWith(x, values, row);
        if (conflict) throw violationOf(conflict);
      }
      x.tx.write(row, values);
      const refersElsewhere = table.foreignKeys.some(({ columns: own }) =>
        own.some((column) => values[column] !== before[column]),
      );
      if (refersElsewhere) rules.checkReferences(x, values);
    },
    fire(x, event, rows) {
      triggers ??= table.triggers.map((trigger) => compileTrigger(trigger, table, planner));
      for (const trigger of triggers) trigger(x, event, rows);
    },
  };

  /** Whether the update changes a unique key, or moves the row into a partial unique index. */
  function becomesFindable(x: Execution, before: RowValues, values: RowValues): boolean {
    return uniques.some(
      ({ unique, where }) =>
        unique.columns.some((column) => before[column] !== values[column]) ||
        (where !== undefined && covers(x, where, values) && !covers(x, where, before)),
    );
  }

  function findReferenced(x: Execution, values: RowValues): void {
    for (const { name, columns: own, references, referenced } of table.foreignKeys) {
      const wanted = own.map((column) => values[column]);
      if (wanted.includes(null)) continue;
      const rows = x.storage.tables[references.place]!;
      const candidates = references.lookups.has(referenced[0]!)
        ? rows.having(referenced[0]!, wanted[0])
        : [...rows.rows];
      const found = candidates.find((row) => {
        const there = row.latestFor(x.tx);
        return there !== null && referenced.every((column, place) => same(there[column], wanted[place]));
      });
      if (!found) throw new DataError('23503', `a row of "${table.name}" refers to nothing`, name);
      x.tx.lock(found, 'key_share');
    }
  }

  function findReferring(x: Execution, values: RowValues): void {
    for (const other of planner.schema.tables) {
      for (const { name, columns: own, references, referenced } of other.foreignKeys) {
        if (references !== table) continue;
        const rows = x.storage.tables[other.place]!.rows;
        const refers = [...rows].some((row) => {
          const there = row.latestFor(x.tx);
          return there !== null && own.every((column, place) => same(there[column], values[referenced[place]!]));
        });
        if (refers) throw new DataError('23503', `a row of "${other.name}" refers to it`, name);
      }
    }
  }

  function generate(x: Execution, values: SqlValue[]): void {
    if (generated.length === 0) return;
    x.frame[slot] = values;
    for (const { place, type, expr } of generated) values[place] = cast(expr.run(x), type);
  }

  if (uniques.some(({ unique }) => !table.lookups.has(unique.columns[0]!)))
    throw new NotSupported('ON CONFLICT without a matching unique index');
  return rules;
}
