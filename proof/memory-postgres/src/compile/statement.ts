import type { OutputColumn } from './plan.js';
import { Execution, Planner, Scope, type Query } from './plan.js';
import { toClient, type SqlValue } from '../sql-type.js';
import type { DatabaseSchema } from '../schema.js';
import type { StatementClock } from '../statement-clock.js';
import type { Storage } from '../storage.js';
import { kindOf, NotSupported, parse, type Node } from '../syntax.js';
import type { MemoryTransaction } from '../memory-transaction.js';
import { compileExpr } from './expression.js';
import { compileSelect } from './select.js';
import { compileWrite } from './write.js';

export interface StatementInput {
  readonly storage: Storage;
  readonly tx: MemoryTransaction;
  readonly params: readonly SqlValue[];
  readonly snapshot: number;
  readonly clock: StatementClock;
}

/** A prepared statement, valid in every database of this schema. */
export interface CompiledStatement {
  readonly run: (given: StatementInput) => Record<string, SqlValue>[];
}

const plans = new WeakMap<DatabaseSchema, { version: number; byText: Map<string, CompiledStatement> }>();

export function planOf(schema: DatabaseSchema, text: string): CompiledStatement {
  let known = plans.get(schema);
  if (known?.version !== schema.version) plans.set(schema, (known = { version: schema.version, byText: new Map() }));
  let plan = known.byText.get(text);
  if (!plan) known.byText.set(text, (plan = compile(schema, only(text))));
  return plan;
}

function only(text: string): Node {
  const [statement, ...others] = parse(text);
  if (!statement || others.length > 0) throw new NotSupported('several statements at once');
  return statement;
}

export function compile(schema: DatabaseSchema, statement: Node): CompiledStatement {
  if ('NotifyStmt' in statement) {
    const channel = statement.NotifyStmt.conditionname!;
    return {
      run: ({ tx }) => {
        tx.notifications.add(channel);
        return [];
      },
    };
  }
  const planner = new Planner(schema, { expr: compileExpr, select: compileSelect, write: compileWrite });
  const scope = new Scope(planner, undefined);
  const query = 'SelectStmt' in statement ? compileSelect(statement.SelectStmt, scope) : compileWrite(statement, scope);
  if (!query.columns) throw new NotSupported(kindOf(statement));
  return { run: (given) => objectsOf(query, given, planner) };
}

function objectsOf({ run, columns }: Query, given: StatementInput, planner: Planner): Record<string, SqlValue>[] {
  const { storage, tx, params, snapshot, clock } = given;
  const [frame, handles] = [filled(planner.slots, null), filled(planner.slots, undefined)];
  const execution = new Execution(storage, tx, params, snapshot, tx.command, clock, frame, handles);
  const rows = run(execution).map((row) => objectOf(row, columns));
  for (const check of execution.behind) check();
  return rows;
}

/** A dense array: V8 reads an array with holes more slowly. */
function filled<T>(length: number, value: T): T[] {
  const items: T[] = [];
  for (let place = 0; place < length; place++) items.push(value);
  return items;
}

function objectOf(row: readonly SqlValue[], columns: readonly OutputColumn[]): Record<string, SqlValue> {
  const object: Record<string, SqlValue> = {};
  for (let place = 0; place < columns.length; place++)
    object[columns[place]!.name] = toClient(row[place], columns[place]!.type);
  return object;
}
