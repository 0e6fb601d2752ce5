import type { RowValues, TableSchema, TableTrigger } from '../schema.js';
import { DataError, type SqlValue } from '../sql-type.js';
import { kindOf, NotSupported, parse, parseFunction, type FunctionStep } from '../syntax.js';
import { Execution, Scope, type OutputColumn, type Planner, type Query } from './plan.js';

export type FireTrigger = (x: Execution, event: 'insert' | 'update' | 'delete', rows: readonly RowValues[]) => void;

/** One statement of a trigger function. True if the function has returned. */
type Step = (x: Execution) => boolean;

interface Variables {
  readonly columns: readonly OutputColumn[];
  readonly slot: number;
  readonly set: (x: Execution, name: string, value: SqlValue) => void;
}

/**
 * Compiles a statement-level trigger. Supported of plpgsql: SELECT INTO, PERFORM, IF, RAISE EXCEPTION, RETURN NULL.
 * Each query takes a new snapshot when it begins.
 */
export function compileTrigger(
  { calls, on, newTable }: TableTrigger,
  table: TableSchema,
  planner: Planner,
): FireTrigger {
  const body = planner.schema.functions.get(calls);
  if (body === undefined) throw new NotSupported(`the trigger function ${calls}`);
  const { variables: columns, steps } = parseFunction(body);
  const slot = planner.slot();
  const written = planner.slot();
  const scope = new Scope(planner, undefined);
  scope.relations.push({ alias: calls, columns, slot });
  if (newTable) scope.ctes.set(newTable, { columns: table.columns, rows: (x) => x.frame[written] as SqlValue[][] });
  const set: Variables['set'] = (x, name, value) => {
    (x.frame[slot] as SqlValue[])[columns.findIndex((column) => column.name === name)] = value;
  };
  const run = compileSteps(steps, scope, { columns, slot, set });
  return (x, event, rows) => {
    if (!on.has(event)) return;
    x.behind.push(() => {
      x.frame[slot] = columns.map(() => null);
      x.frame[written] = rows.map((row) => [...row]);
      run(x);
    });
  };
}

function compileSteps(steps: readonly FunctionStep[], scope: Scope, variables: Variables): Step {
  const compiled = steps.map((step) => compileStep(step, scope, variables));
  return (x) => compiled.some((step) => step(x));
}

function compileStep(step: FunctionStep, scope: Scope, variables: Variables): Step {
  switch (step.kind) {
    case 'return':
      return () => true;
    case 'raise':
      return () => {
        throw new DataError('23514', step.message);
      };
    case 'if': {
      const condition = queryOf(`SELECT ${step.condition}`, scope);
      const body = compileSteps(step.body, scope, variables);
      return (x) => condition.run(now(x))[0]?.[0] === true && body(x);
    }
    case 'query': {
      const query = queryOf(step.query, scope);
      return (x) => {
        const rows = query.run(now(x));
        for (const [place, name] of step.into.entries()) variables.set(x, name, rows[0]?.[place] ?? null);
        variables.set(x, 'found', rows.length > 0);
        return false;
      };
    }
  }
}

function queryOf(text: string, scope: Scope): Query {
  const [select] = parse(text);
  if (!select || !('SelectStmt' in select))
    throw new NotSupported(`${select ? kindOf(select) : 'nothing'} in a function`);
  return scope.planner.compile.select(select.SelectStmt, scope.child());
}

/** A new snapshot: an AFTER trigger sees its own statement's writes, and commits of others during a lock wait. */
function now({ storage, tx, params, command, clock, frame, handles }: Execution): Execution {
  return new Execution(storage, tx, params, storage.csn, command + 0.5, clock, frame, handles);
}
