import type { WithClause } from '@pgsql/types';
import { kindOf, NotSupported } from '../syntax.js';
import type { Execution, Query, Scope } from './plan.js';

/**
 * The queries of a WITH, each run once, in their order. All see what was there before the statement, and of each
 * other only what they return.
 */
export function compileWith(clause: WithClause | undefined, scope: Scope): ((x: Execution) => void) | undefined {
  if (!clause?.ctes?.length) return undefined;
  if (clause.recursive) throw new NotSupported('WITH RECURSIVE');
  const queries: { slot: number; query: Query }[] = [];
  for (const each of clause.ctes) {
    if (!('CommonTableExpr' in each)) throw new NotSupported(kindOf(each));
    const { ctename, ctequery, aliascolnames } = each.CommonTableExpr;
    if (aliascolnames?.length) throw new NotSupported('names of columns in WITH');
    const inner = scope.child();
    const { select, write } = scope.planner.compile;
    const query = 'SelectStmt' in ctequery! ? select(ctequery.SelectStmt, inner) : write(ctequery!, inner);
    const slot = scope.planner.slot();
    scope.ctes.set(ctename!, { columns: query.columns, slot });
    queries.push({ slot, query });
  }
  return (x) => {
    for (const { slot, query } of queries) x.frame[slot] = query.run(x);
  };
}
