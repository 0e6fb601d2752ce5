import { RowLocation, type SqlType, type SqlValue } from '../sql-type.js';

/** Equal as values; arrays and JSON by content. Neither may be null. */
export function same(a: SqlValue, b: SqlValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof RowLocation || b instanceof RowLocation) {
    return a instanceof RowLocation && b instanceof RowLocation && a.no === b.no && a.version === b.version;
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, SqlValue>;
  const right = b as Record<string, SqlValue>;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => name in right && same(left[name], right[name]))
  );
}

/** Negative, 0 or positive, in index order: nulls last. Text compares by code units, which is COLLATE "C" for ASCII. */
export function order(a: SqlValue, b: SqlValue): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let place = 0; place < Math.min(a.length, b.length); place++) {
      const part = order(a[place], b[place]);
      if (part !== 0) return part;
    }
    return a.length - b.length;
  }
  if (a instanceof RowLocation && b instanceof RowLocation) return a.no - b.no;
  return (a as number) < (b as number) ? -1 : 1;
}

/** The value as JSON holds it: a timestamp becomes text. */
export function jsonOf(value: SqlValue, type: SqlType): SqlValue {
  if (type !== 'timestamptz' || value === null) return value;
  if (!Number.isFinite(value)) return (value as number) > 0 ? 'infinity' : '-infinity';
  return new Date(value as number).toISOString().replace(/\.?0*Z$/, '+00:00');
}
