import { parse } from '../../syntax.js';
import type { StatementResult, ScriptObservation, ResultRow } from './script.js';

/** How the two databases' answers to one step differ. Undefined if they are equal. */
export function differenceBetween(
  memory: ScriptObservation,
  postgres: ScriptObservation,
  texts: (session: number) => string,
  xidColumns: ReadonlySet<string>,
): string | undefined {
  if (memory.waiting.join() !== postgres.waiting.join())
    return `waiting: ${lettersOf(memory.waiting)} in memory, ${lettersOf(postgres.waiting)} in Postgres ${answersOf(memory)} ${answersOf(postgres)}`;
  for (const session of new Set([...memory.answers.keys(), ...postgres.answers.keys()])) {
    const [a, b] = [memory.answers.get(session), postgres.answers.get(session)];
    const ordered = isOrdered(texts(session));
    if (canonical(a, ordered, xidColumns) !== canonical(b, ordered, xidColumns))
      return `${lettersOf([session])} was answered\n  in memory   ${canonical(a, true, xidColumns)}\n  by Postgres ${canonical(b, true, xidColumns)}`;
  }
  return undefined;
}

const answersOf = ({ answers }: ScriptObservation): string => JSON.stringify([...answers]);

/** Both report the deadlock and chose different victims. Postgres does not specify the victim. */
export function isAnotherVictim(memory: ScriptObservation, postgres: ScriptObservation): boolean {
  const victims = ({ answers }: ScriptObservation): number[] =>
    [...answers].filter(([, answer]) => 'code' in answer && answer.code === '40P01').map(([session]) => session);
  const [a, b] = [victims(memory), victims(postgres)];
  return a.length === 1 && b.length === 1 && a[0] !== b[0];
}

/**
 * Each database served another one of two sessions that Postgres serves in no order: they waited to insert the same
 * unique key and its holder rolled back, or for a row of which the holder committed a new version.
 *
 * @param hasNoPlace whether the session waited before this step, without a place in a queue
 */
export function isAnotherFirst(
  memory: ScriptObservation,
  postgres: ScriptObservation,
  hasNoPlace: (session: number) => boolean,
): boolean {
  const leftBehind = (some: ScriptObservation, others: ScriptObservation): number[] =>
    some.waiting.filter((session) => !others.waiting.includes(session));
  const [inMemory, inPostgres] = [leftBehind(memory, postgres), leftBehind(postgres, memory)];
  return inMemory.length === 1 && inPostgres.length === 1 && [...inMemory, ...inPostgres].every(hasNoPlace);
}

const lettersOf = (sessions: readonly number[]): string =>
  sessions.length === 0 ? 'no session' : sessions.map((session) => 'ABC'[session]).join(' and ');

const ordered = new Map<string, boolean>();

/** Whether the statement has an ORDER BY. */
function isOrdered(text: string): boolean {
  let known = ordered.get(text);
  if (known === undefined) {
    const [node] = parse(text);
    known = node !== undefined && 'SelectStmt' in node && (node.SelectStmt.sortClause?.length ?? 0) > 0;
    ordered.set(text, known);
  }
  return known;
}

function canonical(answer: StatementResult | undefined, inOrder: boolean, xidColumns: ReadonlySet<string>): string {
  if (!answer || !('rows' in answer)) return JSON.stringify(answer) ?? 'not at all';
  const rows = answer.rows.map((row) => canonicalRow(row, xidColumns));
  return JSON.stringify({ command: answer.command, rows: inOrder ? rows : rows.sort() });
}

const canonicalRow = (row: ResultRow, xidColumns: ReadonlySet<string>): string =>
  JSON.stringify(
    sorted(
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, xidColumns.has(name) ? 'xid' : value])),
    ),
  );

/** Sorts the keys of objects: jsonb does not keep their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted((value as Record<string, unknown>)[name])]));
}

type Tables = Readonly<Record<string, readonly ResultRow[]>>;

/**
 * How the tables' rows differ. Undefined if they are equal. Transaction ids are compared by rank: an id that wrote a row
 * by its rank among those ids, any other id by the number of them below it.
 */
export function differenceOfTables(
  memory: Tables,
  postgres: Tables,
  xidColumns: ReadonlySet<string>,
  writtenBy: ReadonlySet<string>,
): string | undefined {
  const [a, b] = [ranked(memory, xidColumns, writtenBy), ranked(postgres, xidColumns, writtenBy)];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [mine, real] = [a[name] ?? [], b[name] ?? []];
    const onlyMine = mine.filter((row) => !real.includes(row));
    const onlyReal = real.filter((row) => !mine.includes(row));
    if (onlyMine.length > 0 || onlyReal.length > 0 || mine.length !== real.length)
      return `the table ${name} holds\n  only in memory   ${onlyMine.join(' ')}\n  only in Postgres ${onlyReal.join(' ')}`;
  }
  return undefined;
}

function ranked(
  tables: Tables,
  xidColumns: ReadonlySet<string>,
  writtenBy: ReadonlySet<string>,
): Record<string, string[]> {
  const columnsOf = (row: ResultRow): string[] => Object.keys(row).filter((name) => xidColumns.has(name));
  const writers = new Set<bigint>();
  for (const [table, rows] of Object.entries(tables)) {
    if (!writtenBy.has(table)) continue;
    for (const row of rows) for (const column of columnsOf(row)) writers.add(xid(row[column]));
  }
  const order = [...writers].sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => [
      table,
      rows
        .map((row) => {
          const ranks = columnsOf(row).map((name) => [name, order.filter((each) => each < xid(row[name])).length]);
          return JSON.stringify(sorted({ ...row, ...(Object.fromEntries(ranks) as object) }));
        })
        .sort(),
    ]),
  );
}

const xid = (value: unknown): bigint => BigInt(value as string | number);
