import type { RowValues, TableSchema, Trigger } from '../schema.js';
import { DataError } from '../sql-type.js';
import { NotSupported, parse } from '../syntax.js';
import { Scope, type Execution, type Planner } from './plan.js';

export type FireTrigger = (x: Execution, event: 'insert' | 'update' | 'delete', rows: readonly RowValues[]) => void;

const refusal = /^\s*BEGIN\s+RAISE EXCEPTION '(?<says>(?:[^']|'')*)'[^;]*;\s*END\s*;?\s*$/;
const search =
  /BEGIN\s+(?<select>SELECT [\s\S]+?) INTO \w+(?<rest> [\s\S]+?);\s*IF FOUND THEN\s+RAISE EXCEPTION '(?<says>(?:[^']|'')*)'[\s\S]*?END IF;\s*RETURN NULL;\s*END\s*;?\s*$/;

/**
 * Triggers per statement whose functions do one of two things: refuse outright, or refuse when a query finds
 * something. The query is run as it stands there.
 */
export function compileTrigger({ calls, on, newTable }: Trigger, table: TableSchema, planner: Planner): FireTrigger {
  const body = planner.schema.functions.get(calls) ?? '';
  const refuses = refusal.exec(body)?.groups;
  if (refuses) {
    return (_x, event) => {
      if (on.has(event)) throw new DataError('23514', refuses['says']!);
    };
  }
  const searches = search.exec(body)?.groups;
  if (!searches) throw new NotSupported(`the trigger function ${calls}`);
  const [select] = parse(`${searches['select']}${searches['rest']}`);
  if (!select || !('SelectStmt' in select)) throw new NotSupported(`the query of ${calls}`);
  const scope = new Scope(planner, undefined);
  const slot = planner.slot();
  if (newTable) scope.ctes.set(newTable, { columns: table.columns, slot });
  const query = planner.compile.select(select.SelectStmt, scope);
  return (x, event, rows) => {
    if (!on.has(event)) return;
    // An AFTER trigger sees what its own statement wrote, and what others committed while that waited.
    const now = { command: x.command + 0.5, snapshot: x.storage.csn };
    const after = Object.assign(Object.create(x) as Execution, now);
    after.frame[slot] = rows.map((row) => [...row]);
    if (query.run(after).length > 0) throw new DataError('23514', searches['says']!);
  };
}
