import type { WithClause } from '@pgsql/types';
import { kindOf, NotSupported } from '../syntax.js';
import type { SqlValue } from '../sql-type.js';
import type { Cte, Execution, Scope } from './plan.js';

/**
 * Compiles a WITH. All its queries share the statement's snapshot, so they see each other only by what RETURNING gives.
 * Each runs once, when it is first read. Source: PostgreSQL manual, 7.8.4.
 * @returns runs the data-modifying queries that were not read, the last first, after the main statement
 */
export function compileWith(clause: WithClause | undefined, scope: Scope): ((x: Execution) => void) | undefined {
  if (!clause?.ctes?.length) return undefined;
  if (clause.recursive) throw new NotSupported('WITH RECURSIVE');
  const writes: Cte['rows'][] = [];
  for (const each of clause.ctes) {
    if (!('CommonTableExpr' in each)) throw new NotSupported(kindOf(each));
    const { ctename, ctequery, aliascolnames } = each.CommonTableExpr;
    if (aliascolnames?.length) throw new NotSupported('names of columns in WITH');
    const inner = scope.child();
    const { select, write } = scope.planner.compile;
    const reads = 'SelectStmt' in ctequery!;
    const query = reads ? select(ctequery.SelectStmt, inner) : write(ctequery!, inner);
    const slot = scope.planner.slot();
    const rows = (x: Execution): SqlValue[][] => (x.kept[slot] ??= query.run(x));
    scope.ctes.set(ctename!, { columns: query.columns, rows });
    if (!reads) writes.unshift(rows);
  }
  if (writes.length === 0) return undefined;
  return (x) => {
    for (const run of writes) run(x);
  };
}
