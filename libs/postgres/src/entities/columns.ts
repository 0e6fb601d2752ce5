import assert from 'node:assert/strict';
import type { ColumnOptions, ColumnType } from 'typeorm';

/**
 * The kinds of column that the tables are made of, for TypeORM's `@Column`. In an entity a value is what it is in
 * the rest of the code: int8 a safe integer, timestamptz milliseconds since the epoch (`Instant`).
 */
export const text = { type: 'text' } as const satisfies ColumnOptions;

/** Ids and keys of an index: compared byte by byte, which is the fastest order. */
export const key = { type: 'text', collation: 'C' } as const satisfies ColumnOptions;

export const int8 = {
  type: 'int8',
  transformer: { to: (value: unknown) => value, from: safeIntegerOf },
} as const satisfies ColumnOptions;

export const instant = {
  type: 'timestamptz',
  transformer: { to: isoOf, from: instantOf },
} as const satisfies ColumnOptions;

/** Milliseconds since the epoch as a number; of the two ends of time, `Infinity` and `-Infinity`. */
export const now = { ...instant, default: () => 'now()' } as const satisfies ColumnOptions;

/** A transaction's id. TypeORM has no name for the type, so `entityDataSource` teaches it. Text in an entity. */
export const xid8 = { type: 'xid8' as ColumnType } as const satisfies ColumnOptions;

export const optional = <Options extends ColumnOptions>(column: Options): Options & { nullable: true } => ({
  ...column,
  nullable: true,
});

function safeIntegerOf(value: number | string | null): number | null {
  if (value === null) return null;
  const number = Number(value);
  assert(Number.isSafeInteger(number), `int8 beyond a safe integer: ${value}`);
  return number;
}

function isoOf(value: number | null | undefined): string | null | undefined {
  return typeof value === 'number' ? new Date(value).toISOString() : value;
}

/** Sessions of ours read a time as milliseconds, a session of pg's own as a Date. */
function instantOf(value: number | Date | null): number | null {
  return value instanceof Date ? value.getTime() : value;
}
