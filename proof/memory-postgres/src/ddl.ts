import type {
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateFunctionStmt,
  CreateStmt,
  CreateTrigStmt,
  IndexStmt,
} from '@pgsql/types';
import { columnOf, type Column, type DatabaseSchema, type TableSchema } from './schema.js';
import { typeOf } from './sql-type.js';
import { kindOf, lastName, NotSupported, stringOf, type Node } from './syntax.js';

/** Applies a DDL statement to the schema. False if it is no DDL, and must be executed as a query. */
export function define(schema: DatabaseSchema, statement: Node): boolean {
  if ('CreateStmt' in statement) createTable(schema, statement.CreateStmt);
  else if ('IndexStmt' in statement) createIndex(schema, statement.IndexStmt);
  else if ('ViewStmt' in statement) schema.views.set(statement.ViewStmt.view!.relname!, statement.ViewStmt.query!);
  else if ('CreateFunctionStmt' in statement) createFunction(schema, statement.CreateFunctionStmt);
  else if ('CreateTrigStmt' in statement) createTrigger(schema, statement.CreateTrigStmt);
  else if ('AlterTableStmt' in statement) alterTable(schema, statement.AlterTableStmt);
  else if ('DropStmt' in statement) drop(schema, statement.DropStmt);
  // There are no roles here: as whom a function runs makes no difference.
  else if (!('CommentStmt' in statement) && !('AlterFunctionStmt' in statement)) return false;
  schema.version++;
  return true;
}

function tableOf(schema: DatabaseSchema, name: string | undefined): TableSchema {
  const table = schema.table(name ?? '');
  if (!table) throw new NotSupported(`the table ${name}`);
  return table;
}

function createTable(schema: DatabaseSchema, { relation, tableElts = [] }: CreateStmt): void {
  const table: TableSchema = {
    name: relation!.relname!,
    place: schema.tables.length,
    columns: [],
    primaryKey: [],
    uniques: [],
    lookups: new Set(),
    checks: [],
    foreignKeys: [],
    triggers: [],
  };
  schema.tables.push(table);
  for (const element of tableElts) if ('ColumnDef' in element) addColumn(schema, table, element.ColumnDef);
  for (const element of tableElts)
    if ('Constraint' in element) addConstraint(schema, table, element.Constraint, undefined);
}

function addColumn(
  schema: DatabaseSchema,
  table: TableSchema,
  { colname, typeName, constraints = [] }: ColumnDef,
): void {
  const column: Column = { name: colname!, type: typeOf(typeName), notNull: false };
  table.columns.push(column);
  for (const each of constraints) {
    if (!('Constraint' in each)) throw new NotSupported(kindOf(each));
    addConstraint(schema, table, each.Constraint, table.columns.length - 1);
  }
}

/** @param own the column of a column constraint; undefined for a table constraint */
function addConstraint(
  schema: DatabaseSchema,
  table: TableSchema,
  constraint: Constraint,
  own: number | undefined,
): void {
  const { contype, raw_expr: expression, conname } = constraint;
  const column = own === undefined ? undefined : table.columns[own]!;
  const columns = (keys: readonly Node[] | undefined): number[] =>
    keys?.length ? keys.map((key) => columnOf(table, stringOf(key))) : [own!];
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest is loud
  switch (contype) {
    case 'CONSTR_NOTNULL':
      column!.notNull = true;
      return;
    case 'CONSTR_NULL':
      return;
    case 'CONSTR_DEFAULT':
      column!.default = expression;
      return;
    case 'CONSTR_GENERATED':
      column!.generated = expression;
      return;
    case 'CONSTR_IDENTITY':
      column!.identity = true;
      column!.notNull = true;
      return;
    case 'CONSTR_CHECK':
      table.checks.push({
        name: conname ?? nameOf(table, columnsIn(table, expression), 'check'),
        expression: expression!,
      });
      return;
    case 'CONSTR_PRIMARY': {
      const key = columns(constraint.keys);
      table.primaryKey = key;
      for (const each of key) table.columns[each]!.notNull = true;
      addUnique(table, conname ?? `${table.name}_pkey`, key, undefined);
      return;
    }
    case 'CONSTR_UNIQUE': {
      const key = columns(constraint.keys);
      addUnique(table, conname ?? nameOf(table, key, 'key'), key, undefined);
      return;
    }
    case 'CONSTR_FOREIGN': {
      const references = tableOf(schema, constraint.pktable?.relname);
      const referenced =
        constraint.pk_attrs?.map((key) => columnOf(references, stringOf(key))) ?? references.primaryKey;
      const own = columns(constraint.fk_attrs);
      table.foreignKeys.push({ name: conname ?? nameOf(table, own, 'fkey'), columns: own, references, referenced });
      return;
    }
    default:
      throw new NotSupported(`the constraint ${contype}`);
  }
}

/** Postgres' default name of a constraint: table, columns (for a check only a single one), kind, and a number if taken. */
function nameOf(table: TableSchema, columns: readonly number[], what: 'check' | 'key' | 'fkey'): string {
  const parts = what === 'check' && columns.length !== 1 ? [] : columns.map((column) => table.columns[column]!.name);
  const name = [table.name, ...parts, what].join('_');
  const taken = new Set([...table.checks, ...table.uniques, ...table.foreignKeys].map((each) => each.name));
  if (!taken.has(name)) return name;
  for (let number = 1; ; number++) if (!taken.has(`${name}${number}`)) return `${name}${number}`;
}

/** Indexes of the columns that a check constraint reads. */
function columnsIn(table: TableSchema, expression: unknown): number[] {
  const found = new Set<number>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('ColumnRef' in node) {
      const { fields } = node.ColumnRef as { fields: Node[] };
      found.add(columnOf(table, stringOf(fields.at(-1)!)));
    } else for (const each of Object.values(node)) visit(each);
  };
  visit(expression);
  return [...found];
}

function addUnique(table: TableSchema, name: string, columns: readonly number[], where: Node | undefined): void {
  table.uniques.push({ name, columns, where });
  table.lookups.add(columns[0]!);
}

function createIndex(
  schema: DatabaseSchema,
  { relation, indexParams = [], unique, whereClause, idxname, if_not_exists }: IndexStmt,
): void {
  const table = tableOf(schema, relation?.relname);
  if (if_not_exists && table.uniques.some(({ name }) => name === idxname)) return;
  const columns = indexParams.map((each) =>
    'IndexElem' in each && each.IndexElem.name ? columnOf(table, each.IndexElem.name) : -1,
  );
  if (unique) {
    if (columns.includes(-1)) throw new NotSupported('a unique index over an expression');
    addUnique(table, idxname ?? '', columns, whereClause);
  } else if (columns[0]! >= 0) {
    table.lookups.add(columns[0]!);
  }
}

function createFunction(schema: DatabaseSchema, { funcname, options = [] }: CreateFunctionStmt): void {
  const body = options.find((option) => 'DefElem' in option && option.DefElem.defname === 'as');
  const arg = body && 'DefElem' in body ? body.DefElem.arg : undefined;
  if (!arg || !('List' in arg)) throw new NotSupported('a function without a body');
  schema.functions.set(lastName(funcname), stringOf(arg.List.items![0]!));
}

// Source: PostgreSQL, src/include/catalog/pg_trigger.h: TRIGGER_TYPE_*.
const events = { insert: 4, delete: 8, update: 16 } as const;

function createTrigger(schema: DatabaseSchema, stmt: CreateTrigStmt): void {
  if (stmt.row) throw new NotSupported('a trigger for each row');
  const on = new Set(
    (Object.keys(events) as (keyof typeof events)[]).filter((event) => ((stmt.events ?? 0) & events[event]) !== 0),
  );
  const transitions = (stmt.transitionRels ?? []).map((each) =>
    'TriggerTransition' in each ? each.TriggerTransition : {},
  );
  const newTable = transitions.find(({ isNew }) => isNew)?.name;
  tableOf(schema, stmt.relation?.relname).triggers.push({
    name: stmt.trigname!,
    calls: lastName(stmt.funcname),
    on,
    newTable,
  });
}

function alterTable(schema: DatabaseSchema, { relation, cmds = [] }: AlterTableStmt): void {
  const table = tableOf(schema, relation?.relname);
  for (const each of cmds) {
    if (!('AlterTableCmd' in each)) throw new NotSupported(kindOf(each));
    const { subtype, name, def } = each.AlterTableCmd;
    const column = name === undefined ? undefined : table.columns[columnOf(table, name)];
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest is loud
    switch (subtype) {
      case 'AT_AddColumn':
        addColumn(schema, table, (def as { ColumnDef: ColumnDef }).ColumnDef);
        break;
      case 'AT_AddConstraint':
        addConstraint(schema, table, (def as { Constraint: Constraint }).Constraint, undefined);
        break;
      case 'AT_DropConstraint':
        if (!dropNamed(table, name!)) throw new NotSupported(`the constraint ${name} of ${table.name}`);
        break;
      case 'AT_SetNotNull':
        column!.notNull = true;
        break;
      case 'AT_DropNotNull':
        column!.notNull = false;
        break;
      case 'AT_ColumnDefault':
        column!.default = def;
        break;
      case 'AT_AlterColumnType':
        retype(table, column!, def);
        break;
      case 'AT_SetRelOptions':
      case 'AT_ResetRelOptions':
      case 'AT_ValidateConstraint':
        break;
      default:
        throw new NotSupported(`ALTER TABLE … ${subtype}`);
    }
  }
}

function drop(schema: DatabaseSchema, { objects = [], removeType }: { objects?: Node[]; removeType?: string }): void {
  for (const object of objects) {
    const name = 'List' in object ? lastName(object.List.items) : 'String' in object ? stringOf(object) : '';
    if (removeType === 'OBJECT_VIEW') schema.views.delete(name);
    else if (removeType === 'OBJECT_FUNCTION') schema.functions.delete(name);
    else if (removeType === 'OBJECT_INDEX') for (const table of schema.tables) dropNamed(table, name);
    else if (removeType === 'OBJECT_TRIGGER') {
      const [table, trigger] = 'List' in object ? object.List.items!.map(stringOf) : [];
      const { triggers } = tableOf(schema, table);
      triggers.splice(
        triggers.findIndex((each) => each.name === trigger),
        1,
      );
    } else throw new NotSupported(`DROP ${removeType}`);
  }
}

/** Changes a column's type. Supported only while the table is empty. */
function retype(table: TableSchema, column: Column, def: Node | undefined): void {
  if (!def || !('ColumnDef' in def)) throw new NotSupported('a change of a column type');
  table.columns[table.columns.indexOf(column)] = { ...column, type: typeOf(def.ColumnDef.typeName) };
}

function dropNamed(table: TableSchema, name: string): boolean {
  return [table.checks, table.uniques, table.foreignKeys].some((list) => {
    const place = list.findIndex((each) => each.name === name);
    if (place >= 0) list.splice(place, 1);
    return place >= 0;
  });
}
