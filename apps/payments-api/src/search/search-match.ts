import type { SearchClause, SearchQuery } from './search-query.js';

/** Whether an object, as the API shows it without expansions, is what a query searches for. */
export function matches(object: object, { joinedBy, clauses }: SearchQuery): boolean {
  const holds = (clause: SearchClause): boolean => isMet(clause, valueAt(object, clause.path)) !== clause.isNegated;
  return joinedBy === 'AND' ? clauses.every(holds) : clauses.some(holds);
}

function isMet({ operator, value }: SearchClause, found: unknown): boolean {
  if (value === null) return found === undefined || found === null;
  if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') return false;
  if (typeof value === 'number') return compared(Number(found), operator, value);
  const text = String(found).toLowerCase();
  return operator === '~' ? text.includes(value.toLowerCase()) : text === value.toLowerCase();
}

function compared(found: number, operator: SearchClause['operator'], value: number): boolean {
  switch (operator) {
    case '>':
      return found > value;
    case '<':
      return found < value;
    case '>=':
      return found >= value;
    case '<=':
      return found <= value;
    case ':':
    case '=':
    case '~':
      return found === value;
  }
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    object,
  );
}
