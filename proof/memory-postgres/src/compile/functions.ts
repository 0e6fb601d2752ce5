import assert from 'node:assert/strict';
import { cast, checkRange, PAGE_BYTES, textOf, type SqlType, type SqlValue } from '../sql-type.js';
import { NotSupported } from '../syntax.js';
import type { Execution } from './plan.js';

interface SqlFunction {
  readonly type: SqlType | ((args: readonly SqlType[]) => SqlType);
  /** Not STRICT: it is called with null arguments too. */
  readonly takesNulls?: boolean;
  readonly run: (args: readonly SqlValue[], x: Execution) => SqlValue;
}

/** The scalar functions that the services' statements call. */
export const functions: Readonly<Record<string, SqlFunction>> = {
  now: { type: 'timestamptz', run: (_, x) => x.tx.startedAt },
  transaction_timestamp: { type: 'timestamptz', run: (_, x) => x.tx.startedAt },
  statement_timestamp: { type: 'timestamptz', run: (_, x) => x.clock.since },
  clock_timestamp: { type: 'timestamptz', run: (_, x) => x.clock.read() },
  to_timestamp: { type: 'timestamptz', run: ([seconds]) => (seconds as number) * 1_000 },
  extract: {
    type: 'numeric',
    run: ([field, value]) => {
      assert.equal(field, 'epoch', 'only epochs are extracted');
      return (value as number) / 1_000;
    },
  },
  date_trunc: {
    type: ([, type]) => type ?? 'timestamptz',
    run: ([field, value]) => {
      const unitMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }[field as string];
      if (unitMs === undefined) throw new NotSupported(`date_trunc('${textOf(field)}')`);
      return Math.floor((value as number) / unitMs) * unitMs;
    },
  },
  starts_with: { type: 'bool', run: ([text, start]) => (text as string).startsWith(start as string) },
  substr: {
    type: 'text',
    run: ([text, from]) =>
      Array.from(text as string)
        .slice((from as number) - 1)
        .join(''),
  },
  position: { type: 'int4', run: ([text, part]) => (text as string).indexOf(part as string) + 1 },
  split_part: {
    type: 'text',
    run: ([text, separator, place]) => (text as string).split(separator as string)[(place as number) - 1] ?? '',
  },
  concat_ws: {
    type: 'text',
    takesNulls: true,
    run: ([separator, ...parts]) =>
      parts
        .filter((part) => part !== null)
        .map(textOf)
        .join(separator as string),
  },
  concat: {
    type: 'text',
    takesNulls: true,
    run: (parts) =>
      parts
        .filter((part) => part !== null)
        .map(textOf)
        .join(''),
  },
  lower: { type: 'text', run: ([text]) => (text as string).toLowerCase() },
  upper: { type: 'text', run: ([text]) => (text as string).toUpperCase() },
  length: { type: 'int4', run: ([text]) => Array.from(text as string).length },
  floor: { type: ([type]) => type ?? 'numeric', run: ([value]) => Math.floor(value as number) },
  ceil: { type: ([type]) => type ?? 'numeric', run: ([value]) => Math.ceil(value as number) },
  abs: { type: ([type]) => type ?? 'numeric', run: ([value]) => Math.abs(value as number) },
  round: { type: ([type]) => type ?? 'numeric', run: ([value]) => Math.round(value as number) },
  cardinality: { type: 'int4', run: ([array]) => (array as SqlValue[]).length },
  jsonb_typeof: { type: 'text', run: ([value]) => jsonTypeOf(value) },
  jsonb_array_length: { type: 'int4', run: ([value]) => (value as SqlValue[]).length },
  jsonb_build_object: { type: 'jsonb', takesNulls: true, run: buildObject },
  json_build_object: { type: 'json', takesNulls: true, run: buildObject },
  jsonb_build_array: { type: 'jsonb', takesNulls: true, run: (items) => [...items] },
  to_jsonb: { type: 'jsonb', run: ([value]) => value },
  to_json: { type: 'json', run: ([value]) => value },
  pg_notify: {
    type: 'void',
    run: ([channel], x) => {
      x.tx.notifications.add(channel as string);
      return '';
    },
  },
  pg_relation_size: {
    type: 'int8',
    run: ([name], x) => x.storage.tables.find(({ schema }) => schema.name === name)!.bytes,
  },
  current_setting: {
    type: 'text',
    run: ([name]) => {
      if (name !== 'block_size') throw new NotSupported(`the setting ${textOf(name)}`);
      return String(PAGE_BYTES);
    },
  },
  pg_current_xact_id: { type: 'xid8', run: (_, x) => x.tx.begins() },
  pg_current_snapshot: { type: 'pg_snapshot', run: (_, x) => x.storage.oldestXid() },
  pg_snapshot_xmin: { type: 'xid8', run: ([snapshot]) => snapshot },
};

/** Applies a binary operator to arguments that are not null. Comparisons are in expression.ts. */
export function operate(sign: string, left: SqlValue, right: SqlValue, types: readonly [SqlType, SqlType]): SqlValue {
  const result = resultOf(sign, left, right, types);
  if (typeof result === 'number' && '+-*/^'.includes(sign)) checkRange(result, typeOfOperation(sign, ...types));
  return result;
}

function resultOf(sign: string, left: SqlValue, right: SqlValue, types: readonly [SqlType, SqlType]): SqlValue {
  switch (sign) {
    case '+':
      return (left as number) + (right as number);
    case '-':
      if (types[0] === 'jsonb') return without(left, right);
      return (left as number) - (right as number);
    case '*':
      return (left as number) * (right as number);
    case '/': {
      const quotient = (left as number) / (right as number);
      return isInteger(types[0]) && isInteger(types[1]) ? Math.trunc(quotient) : quotient;
    }
    case '%':
      return (left as number) % (right as number);
    case '^':
      return (left as number) ** (right as number);
    case '||':
      if (types[0] === 'jsonb') return joined(left, cast(right, 'jsonb'));
      if (Array.isArray(left))
        return [...(left as SqlValue[]), ...(Array.isArray(right) ? (right as SqlValue[]) : [right])];
      return textOf(left) + textOf(right);
    case '->':
      return (left as Record<string, SqlValue>)[right as string] ?? null;
    case '->>': {
      const value = (left as Record<string, SqlValue>)[right as string] ?? null;
      return value === null ? null : textOf(value);
    }
    case '?':
      return (right as string) in (left as object);
    case '~':
      return cached(patterns, right as string, (pattern) => new RegExp(pattern)).test(left as string);
    case '~~':
      return cached(likePatterns, right as string, likePattern).test(left as string);
    case '!~~':
      return !cached(likePatterns, right as string, likePattern).test(left as string);
    default:
      throw new NotSupported(`the operator ${sign}`);
  }
}

/** Result type of the operator for these operand types. */
export function typeOfOperation(sign: string, left: SqlType, right: SqlType): SqlType {
  if (sign === '||') return left === 'jsonb' || right === 'jsonb' ? 'jsonb' : left.endsWith('[]') ? left : 'text';
  if (sign === '->' || sign === '->>') {
    if (!['json', 'jsonb', 'unknown'].includes(left)) throw new NotSupported(`${left} ${sign}`);
    return sign === '->' ? left : 'text';
  }
  if (['?', '~', '~~', '!~~'].includes(sign)) return 'bool';
  if (sign === '^') return 'float8';
  if (left === 'jsonb') return 'jsonb';
  if (left === 'timestamptz' && right === 'timestamptz') return 'interval';
  if (left === 'timestamptz' || right === 'timestamptz') return 'timestamptz';
  if (left === 'interval' || right === 'interval') return 'interval';
  for (const type of ['float8', 'numeric', 'int8', 'xid8', 'int4', 'int2'])
    if (left === type || right === type) return type;
  return 'numeric';
}

const isInteger = (type: SqlType): boolean => ['int2', 'int4', 'int8'].includes(type);

function buildObject(parts: readonly SqlValue[]): SqlValue {
  const object: Record<string, SqlValue> = {};
  for (let place = 0; place < parts.length; place += 2) object[textOf(parts[place])] = parts[place + 1] ?? null;
  return object;
}

function joined(left: SqlValue, right: SqlValue): SqlValue {
  if (Array.isArray(left) || Array.isArray(right)) return [left, right].flat();
  return { ...(left as object), ...(right as object) };
}

function without(left: SqlValue, name: SqlValue): SqlValue {
  const { [name as string]: _gone, ...rest } = left as Record<string, SqlValue>;
  return rest;
}

function jsonTypeOf(value: SqlValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const patterns = new Map<string, RegExp>();
const likePatterns = new Map<string, RegExp>();

/** Patterns are nearly always constants of their statements. The bound keeps computed ones from filling the cache. */
const CACHED_MAX = 200;

function cached(made: Map<string, RegExp>, pattern: string, make: (pattern: string) => RegExp): RegExp {
  let regExp = made.get(pattern);
  if (!regExp) {
    if (made.size >= CACHED_MAX) made.clear();
    made.set(pattern, (regExp = make(pattern)));
  }
  return regExp;
}

/** LIKE as a regular expression: `%` matches any text, `_` one character, and a backslash escapes either. */
function likePattern(pattern: string): RegExp {
  const parts = Array.from(pattern.matchAll(/\\(.)|(%)|(_)|([^])/g), ([, escaped, any, one, plain]) => {
    if (any) return '.*';
    if (one) return '.';
    return (escaped ?? plain)!.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
