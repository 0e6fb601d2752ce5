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
  /** Checks of foreign keys and triggers: they look at what the whole statement has written. */
  readonly behind: (() => void)[] = [];

  constructor(
    readonly storage: Storage,
    readonly tx: MemoryTransaction,
    readonly params: readonly SqlValue[],
    readonly snapshot: number,
    readonly command: number,
    readonly clock: StatementClock,
    /** The row at hand of each relation. */
    readonly frame: unknown[],
    /** Behind a table's row at hand: the row itself. */
    readonly handles: (StoredRow | undefined)[],
  ) {}
}

/** A class, since every expression of every statement goes through here: with one shape, reading it stays fast. */
export class Expr {
  constructor(
    readonly type: SqlType,
    readonly run: (x: Execution) => SqlValue,
    /** Slots that it reads: until those are filled it cannot be run. */
    readonly slots: ReadonlySet<number> = none,
    /** The same in every execution. */
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

/** Something in FROM, or the table that is written. */
export interface Relation {
  readonly alias: string;
  readonly columns: readonly OutputColumn[];
  readonly slot: number;
  readonly table?: TableSchema | undefined;
}

/** Calls `next` with the slots filled, for each row; ends early and says so when `next` returns true. */
export type RowSource = (x: Execution, next: () => boolean) => boolean;

export interface Query {
  readonly columns: readonly OutputColumn[];
  readonly run: (x: Execution) => SqlValue[][];
}

/** A `WITH` query, or the rows that a trigger is told of. */
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
export interface AskedOfColumn {
  readonly column: string;
  readonly sign: string;
  readonly value: Expr;
}

/** What names mean at one level of a statement. */
export class Scope {
  readonly relations: Relation[] = [];
  /** Slots of the levels around it that something in here reads: without any, it comes to the same for every row there. */
  readonly outer = new Set<number>();
  /** What the SELECT around this one asks of its rows: a view is filtered before it is made. */
  readonly asked: AskedOfColumn[] = [];
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

  /** Something in here reads a relation of that level. */
  reads(slot: number, level: Scope): void {
    if (this === level) return;
    this.outer.add(slot);
    this.parent?.reads(slot, level);
  }
}

/** The parts of a statement contain each other: each kind is compiled by its own file, and reached from the others through here. */
export interface Compilers {
  readonly expr: (node: Node, scope: Scope) => Expr;
  readonly select: (stmt: SelectStmt, scope: Scope) => Query;
  readonly write: (node: Node, scope: Scope) => Query;
}

/** Hands out slots, and knows the tables. */
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

/** The conditions that all have to hold. */
export function conjunctsOf(where: Node | undefined): Node[] {
  if (!where) return [];
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR')
    return (where.BoolExpr.args ?? []).flatMap(conjunctsOf);
  return [where];
}
