import type { TypeName } from '@pgsql/types';
import { lastName, NotSupported } from './syntax.js';

/**
 * Values are JavaScript's: numbers for every numeric type (exact up to 2^53, and asserted where they leave),
 * milliseconds for timestamptz and interval, parsed trees for json and jsonb, null for NULL.
 */
export type SqlValue = unknown;

/** As `pg_type` names it; an array's has `[]` behind it. */
export type SqlType = string;

const known = new Set(
  'bool int2 int4 int8 numeric float8 text timestamptz interval json jsonb xid8 tid void record date'.split(' '),
);

export function typeOf(name: TypeName | undefined): SqlType {
  const base = lastName(name?.names);
  const type = base === 'varchar' || base === 'bpchar' ? 'text' : base;
  if (!known.has(type)) throw new NotSupported(`the type ${type}`);
  return name?.arrayBounds?.length ? `${type}[]` : type;
}

const BRACKET = ']'.charCodeAt(0);
export const isArray = (type: SqlType): boolean => type.charCodeAt(type.length - 1) === BRACKET;
export const elementOf = (type: SqlType): SqlType => (isArray(type) ? type.slice(0, -2) : 'unknown');

const integerBounds: Record<string, number> = { int2: 2 ** 15, int4: 2 ** 31, int8: 2 ** 53 };

/** Throws 22003 if a result is out of its type's range, as Postgres does, where JavaScript would say Infinity. */
export function checkRange(result: number, type: SqlType): void {
  const bound = integerBounds[type];
  if (bound === undefined ? !Number.isFinite(result) && type === 'float8' : result >= bound || result < -bound)
    throw new DataError('22003', `value out of range for ${type}`);
}

/** `value::type`, also for assignment to a column. Parameters arrive as JavaScript values. Errors 22P02, 22003, 22007. */
export function cast(value: SqlValue, type: SqlType): SqlValue {
  if (value === null || value === undefined) return null;
  if (isArray(type)) {
    if (!Array.isArray(value)) throw new DataError('22P02', `malformed array literal: ${JSON.stringify(value)}`);
    const element = elementOf(type);
    return value.map((each) => cast(each, element));
  }
  switch (type) {
    case 'text':
      return textOf(value);
    case 'int2':
    case 'int4':
    case 'int8':
    case 'xid8': {
      const number = typeof value === 'number' ? Math.round(value) : Number(value);
      if (!Number.isInteger(number)) throw new DataError('22P02', `invalid input for ${type}: ${textOf(value)}`);
      const bound = integerBounds[type] ?? 2 ** 53;
      if (number >= bound || number < -bound) throw new DataError('22003', `${number} is out of range for ${type}`);
      return number;
    }
    case 'numeric':
    case 'float8': {
      const number = Number(value);
      if (Number.isNaN(number)) throw new DataError('22P02', `invalid input for ${type}: ${textOf(value)}`);
      return number;
    }
    case 'bool':
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 't') return true;
      if (value === 'false' || value === 'f') return false;
      throw new DataError('22P02', `invalid input for bool: ${textOf(value)}`);
    case 'timestamptz':
      return typeof value === 'number' ? value : instantOf(textOf(value));
    case 'interval':
      return typeof value === 'number' ? value : intervalMs(textOf(value));
    case 'json':
    case 'jsonb':
      return typeof value === 'string' ? parseJson(value) : value;
    case 'tid':
      return value instanceof RowLocation ? value : placeOf(textOf(value));
    default:
      return value;
  }
}

/** The value as `::text` gives it. */
export function textOf(value: SqlValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : `${value as number | boolean}`;
}

/** The value as the `pg` client returns it: numeric as text. JSON is shared, not copied, since readers do not mutate it. */
export function toClient(value: SqlValue, type: SqlType): SqlValue {
  if (value === null || value === undefined) return null;
  if (type === 'numeric') return textOf(value);
  return value;
}

function parseJson(text: string): SqlValue {
  try {
    return JSON.parse(text) as SqlValue;
  } catch {
    throw new DataError('22P02', 'invalid input syntax for type json');
  }
}

function instantOf(text: string): number {
  if (text === '-infinity') return -Infinity;
  if (text === 'infinity') return Infinity;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new DataError('22007', `invalid input for timestamptz: ${text}`);
  return ms;
}

const unitsMs: Record<string, number> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** `15 s`, `1 millisecond`, `1 hour 30 minutes`. */
function intervalMs(text: string): number {
  const parts = [...text.matchAll(/(-?\d+(?:\.\d+)?)\s*([a-z]+)/g)];
  if (parts.length === 0) throw new DataError('22007', `invalid input for interval: ${text}`);
  return parts.reduce((sum, [, count, unit]) => {
    const ms = unitsMs[unit!] ?? unitsMs[unit!.replace(/s$/, '')];
    if (ms === undefined) throw new NotSupported(`the interval ${text}`);
    return sum + Number(count) * ms;
  }, 0);
}

/** An error of the server: SQLSTATE and message. */
export class DataError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly constraint?: string,
  ) {
    super(message);
  }
}

const ROWS_OF_A_PAGE = 100;
export const PAGE_BYTES = 8_192;

/** A `ctid`: the physical location of one row version. An update gives the row a new one. */
export class RowLocation {
  constructor(
    /** Position of the row version in the table, from 0. */
    readonly no: number,
    /** Undefined, as is the row, for a location that a client names. */
    readonly version?: unknown,
    readonly row?: unknown,
  ) {}
}

/** Parses the text form `(page,row)`. Error 22P02. */
function placeOf(text: string): RowLocation {
  const [, page, row] = /^\((\d+),(\d+)\)$/.exec(text) ?? [];
  if (page === undefined) throw new DataError('22P02', `invalid input syntax for type tid: "${text}"`);
  return new RowLocation(Number(page) * ROWS_OF_A_PAGE + Number(row));
}

/** Bytes on disk of a table that has had so many row versions: whole pages. */
export const sizeOf = (rows: number): number => (rows === 0 ? 0 : (Math.floor(rows / ROWS_OF_A_PAGE) + 1) * PAGE_BYTES);
