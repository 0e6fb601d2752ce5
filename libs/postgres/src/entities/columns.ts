import assert from 'node:assert/strict';
import type { ColumnOptions, ColumnType } from 'typeorm';

/** Column types for TypeORM's `@Column`: int8 is a safe integer, timestamptz milliseconds since the epoch (`Instant`). */
export const text = { type: 'text' } as const satisfies ColumnOptions;

/** Ids and index keys. Collation C compares bytes, which is the fastest. */
export const key = { type: 'text', collation: 'C' } as const satisfies ColumnOptions;

export const int8 = {
  type: 'int8',
  transformer: { to: (value: unknown) => value, from: safeIntegerOf },
} as const satisfies ColumnOptions;

export const instant = {
  type: 'timestamptz',
  transformer: { to: isoOf, from: instantOf },
} as const satisfies ColumnOptions;

/** Milliseconds since the epoch; `infinity` and `-infinity` are `Infinity` and `-Infinity`. */
export const now = { ...instant, default: () => 'now()' } as const satisfies ColumnOptions;

/** A transaction id, text in an entity. TypeORM lacks the type; `entityDataSource` adds it. */
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

/** Our sessions parse timestamptz as milliseconds, pg's default sessions as a Date. */
function instantOf(value: number | Date | null): number | null {
  return value instanceof Date ? value.getTime() : value;
}
