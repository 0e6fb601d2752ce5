import assert from 'node:assert/strict';

/** A list that a test looks at item by item: of none, everything holds. @throws when there is none */
export function notEmpty<T>(items: Iterable<T>): T[] {
  const list = [...items];
  assert(list.length > 0, 'there is nothing to look at');
  return list;
}
