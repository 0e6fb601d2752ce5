import type { RowValues, DatabaseSchema, TableSchema } from './schema.js';
import { RowLocation, sizeOf, type SqlValue } from './sql-type.js';

/** How strongly a row is locked; a higher one excludes more. Source: PostgreSQL manual, 13.3.2, table 13.3. */
export type LockMode = 'key_share' | 'share' | 'no_key_update' | 'update';

interface Version {
  readonly csn: number;
  readonly values: RowValues | null;
}

/** Whoever writes and locks: a transaction, as rows know it. */
export interface RowOwner {
  readonly xid: number | undefined;
}

/** Which versions a statement sees. */
export interface SnapshotView {
  readonly tx: RowOwner;
  /** Commits up to this one. */
  readonly snapshot: number;
  /** The statement's number in its transaction: it does not see what it writes itself. */
  readonly command: number;
}

/** One logical row through all its versions. */
export class StoredRow {
  /** Null: it is not there, or not any more. */
  committed: RowValues | null = null;
  committedCsn = 0;
  older: Version[] | undefined;
  writer: RowOwner | undefined;
  written: RowValues | null = null;
  writtenBy = 0;
  /** As the writer saw it before the statement that wrote it last. */
  before: RowValues | null = null;
  locks: Map<RowOwner, LockMode> | undefined;

  readonly #no: number;

  constructor(readonly table: Table) {
    this.#no = table.nextPlace();
  }

  /** Where this version of it is. */
  placeOf(version: RowValues): RowLocation {
    return new RowLocation(this.#no, version, this);
  }

  seenBy(view: SnapshotView): RowValues | null {
    if (this.writer === view.tx) return this.writtenBy === view.command ? this.before : this.written;
    if (this.committedCsn <= view.snapshot) return this.committed;
    return this.older?.findLast(({ csn }) => csn <= view.snapshot)?.values ?? null;
  }

  /** As it stands now, to its writer or to whoever waited for all others. */
  latestFor(tx: RowOwner): RowValues | null {
    return this.writer === tx ? this.written : this.committed;
  }
}

/** Rows of one table, found by the columns that indexes begin with. */
export class Table {
  readonly rows = new Set<StoredRow>();
  readonly #byColumn = new Map<number, Map<SqlValue, Set<StoredRow>>>();
  identity = 0;
  #places = 0;

  constructor(readonly schema: TableSchema) {
    for (const column of schema.lookups) this.#byColumn.set(column, new Map());
  }

  nextPlace(): number {
    return ++this.#places;
  }

  /** How much of a disk it would take. */
  get bytes(): number {
    return sizeOf(this.#places);
  }

  /** Rows of which some version has this value there, as of now; the caller looks at the version that it sees. */
  having(column: number, value: SqlValue): readonly StoredRow[] {
    const rows = this.#byColumn.get(column)!.get(value);
    return rows === undefined || rows.size === 0 ? [] : [...rows];
  }

  /** @param previous the version that it is found by already, if it has one */
  enter(row: StoredRow, values: RowValues, previous: RowValues | null = null): void {
    if (previous === null) this.rows.add(row);
    for (const [column, index] of this.#byColumn) {
      if (previous !== null && previous[column] === values[column]) continue;
      const rows = index.get(values[column]);
      if (rows) rows.add(row);
      else index.set(values[column], new Set([row]));
    }
  }

  remove(row: StoredRow, versions: readonly (RowValues | null)[]): void {
    this.rows.delete(row);
    for (const [column, index] of this.#byColumn) {
      for (const values of versions) if (values) index.get(values[column])?.delete(row);
    }
  }
}

/** All that one database holds. */
export class Storage {
  readonly tables: Table[] = [];
  /** The number of the latest commit. */
  csn = 1;
  #xids = 0;
  /** Transactions that have not ended. */
  readonly open = new Set<RowOwner>();

  constructor(readonly schema: DatabaseSchema) {
    this.grow();
  }

  /** Tables that the schema has gained. */
  grow(): void {
    for (const table of this.schema.tables.slice(this.tables.length)) this.tables.push(new Table(table));
  }

  nextXid(): number {
    return ++this.#xids;
  }

  /** No transaction below this one still runs. */
  oldestXid(): number {
    let oldest = this.#xids + 1;
    for (const { xid } of this.open) if (xid !== undefined && xid < oldest) oldest = xid;
    return oldest;
  }

  /** The same, with the same rows: what is committed here, and nothing that is under way. */
  copy(): Storage {
    const copy = new Storage(this.schema);
    copy.csn = this.csn;
    copy.#xids = this.#xids;
    for (const [place, table] of this.tables.entries()) {
      const target = copy.tables[place]!;
      target.identity = table.identity;
      for (const row of table.rows) {
        if (row.committed === null) continue;
        const same = new StoredRow(target);
        same.committed = row.committed;
        same.committedCsn = row.committedCsn;
        target.enter(same, row.committed);
      }
    }
    return copy;
  }
}
