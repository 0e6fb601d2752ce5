import assert from 'node:assert/strict';

/** Guards a loop of assertions, which would pass for an empty list. @throws AssertionError for an empty list */
export function notEmpty<T>(items: Iterable<T>): T[] {
  const list = [...items];
  assert(list.length > 0, 'there is nothing to look at');
  return list;
}
