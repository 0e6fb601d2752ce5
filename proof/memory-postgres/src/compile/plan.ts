import type { SelectStmt } from '@pgsql/types';
import type { RowValues, DatabaseSchema, TableSchema } from '../schema.js';
import type { SqlType, SqlValue } from '../sql-type.js';
import type { StatementClock } from '../statement-clock.js';
import type { StoredRow, Storage, SnapshotView } from '../storage.js';
import type { Node } from '../syntax.js';
import type { MemoryTransaction } from '../memory-transaction.js';

/** One execution of a statement. Every relation of the statement has a slot of its own in `frame`. */
export class Execution implements SnapshotView {
  /** Results of subqueries that are the same for every row, and of each `WITH`. */
  readonly kept: SqlValue[][][] = [];
  /** Foreign-key checks and AFTER triggers, run at the end because they read everything that the statement wrote. */
  readonly behind: (() => void)[] = [];

  constructor(
    readonly storage: Storage,
    readonly tx: MemoryTransaction,
    readonly params: readonly SqlValue[],
    readonly snapshot: number,
    readonly command: number,
    readonly clock: StatementClock,
    /** The current row of each relation, by slot. */
    readonly frame: unknown[],
    /** The stored row behind each table's current row, by slot: what locks and writes apply to. */
    readonly handles: (StoredRow | undefined)[],
  ) {}
}

/** A compiled expression. A class, so that all expressions share one hidden class and property access stays fast. */
export class Expr {
  constructor(
    readonly type: SqlType,
    readonly run: (x: Execution) => SqlValue,
    /** Slots that it reads. It can run once they are filled. */
    readonly slots: ReadonlySet<number> = none,
    /** A constant: the same value in every execution. */
    readonly fixed = false,
  ) {}

  as(type: SqlType): Expr {
    return new Expr(type, this.run, this.slots, this.fixed);
  }
}

const none: ReadonlySet<number> = new Set();

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
}

/** An item of FROM, or the target table of a write. */
export interface Relation {
  readonly alias: string;
  readonly columns: readonly OutputColumn[];
  readonly slot: number;
  readonly table?: TableSchema | undefined;
}

/** Calls `next` for each row, with the slots filled. Stops and returns true as soon as `next` returns true. */
export type RowSource = (x: Execution, next: () => boolean) => boolean;

export interface Query {
  readonly columns: readonly OutputColumn[];
  readonly run: (x: Execution) => SqlValue[][];
}

/** A `WITH` query, or a trigger's transition table. */
export interface Cte {
  readonly columns: readonly OutputColumn[];
  readonly rows: (x: Execution) => SqlValue[][];
}

export interface Aggregate {
  readonly slot: number;
  readonly start: () => Accumulator;
}
export interface Accumulator {
  add(x: Execution): void;
  result(): SqlValue;
}

/** `column sign value`, for a value that is the same for every row. */
export interface ColumnPredicate {
  readonly column: string;
  readonly sign: string;
  readonly value: Expr;
}

/** Name resolution at one query level of a statement. */
export class Scope {
  readonly relations: Relation[] = [];
  /** Slots of enclosing levels that this query reads. Without any it is uncorrelated, and runs once. */
  readonly outer = new Set<number>();
  /** Predicates of the enclosing SELECT on this one's output, pushed down so that a view is filtered as it is scanned. */
  readonly pushedDown: ColumnPredicate[] = [];
  /** Set while the outputs of a grouped SELECT are compiled. */
  aggregates: Aggregate[] | undefined;

  constructor(
    readonly planner: Planner,
    readonly parent: Scope | undefined,
    readonly ctes: Map<string, Cte> = new Map(parent?.ctes),
  ) {}

  child(): Scope {
    return new Scope(this.planner, this);
  }

  /** Records that this query, or one inside it, reads a relation of that level. */
  reads(slot: number, level: Scope): void {
    if (this === level) return;
    this.outer.add(slot);
    this.parent?.reads(slot, level);
  }
}

/** The compilers of each kind of node. They call each other through this object, so that their files form no import cycle. */
export interface Compilers {
  readonly expr: (node: Node, scope: Scope) => Expr;
  readonly select: (stmt: SelectStmt, scope: Scope) => Query;
  readonly write: (node: Node, scope: Scope) => Query;
}

/** Allocates slots and looks up tables. */
export class Planner {
  slots = 0;
  constructor(
    readonly schema: DatabaseSchema,
    readonly compile: Compilers,
  ) {}

  slot(): number {
    return this.slots++;
  }
}

export const constant = (value: SqlValue, type: SqlType): Expr => new Expr(type, () => value, none, true);

export function union(...sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (const set of sets) for (const slot of set) all.add(slot);
  return all;
}

export const rowAt = (x: Execution, slot: number): RowValues | null => x.frame[slot] as RowValues | null;

/** Splits a WHERE clause into the operands of its top-level ANDs. */
export function conjunctsOf(where: Node | undefined): Node[] {
  if (!where) return [];
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR')
    return (where.BoolExpr.args ?? []).flatMap(conjunctsOf);
  return [where];
}
