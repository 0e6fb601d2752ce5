import type { RowValues, DatabaseSchema, TableSchema } from './schema.js';
import { RowLocation, sizeOf, type SqlValue } from './sql-type.js';

/** How strongly a row is locked; a higher one excludes more. Source: PostgreSQL manual, 13.3.2, table 13.3. */
export type LockMode = 'key_share' | 'share' | 'no_key_update' | 'update';

interface Version {
  readonly csn: number;
  readonly values: RowValues | null;
}

/** A transaction as the writer or locker of a row. */
export interface RowOwner {
  readonly xid: number | undefined;
}

/** A snapshot: which row versions a statement sees. */
export interface SnapshotView {
  readonly tx: RowOwner;
  /** Number of the last commit that it sees. */
  readonly snapshot: number;
  /** Number of the statement in its transaction (command id). A statement does not see its own writes. */
  readonly command: number;
}

/** One logical row through all its versions. */
export class StoredRow {
  /** The last committed version. Null: not inserted yet, or deleted. */
  committed: RowValues | null = null;
  committedCsn = 0;
  older: Version[] | undefined;
  writer: RowOwner | undefined;
  written: RowValues | null = null;
  writtenBy = 0;
  /** The writer's version before its last statement: what that statement itself sees. */
  before: RowValues | null = null;
  locks: Map<RowOwner, LockMode> | undefined;

  readonly #no: number;

  constructor(readonly table: Table) {
    this.#no = table.nextPlace();
  }

  /** The `ctid` of this version. */
  placeOf(version: RowValues): RowLocation {
    return new RowLocation(this.#no, version, this);
  }

  seenBy(view: SnapshotView): RowValues | null {
    if (this.writer === view.tx) return this.writtenBy === view.command ? this.before : this.written;
    if (this.committedCsn <= view.snapshot) return this.committed;
    return this.older?.findLast(({ csn }) => csn <= view.snapshot)?.values ?? null;
  }

  /** The newest version: the transaction's own, or else the last committed. Null if deleted. */
  latestFor(tx: RowOwner): RowValues | null {
    return this.writer === tx ? this.written : this.committed;
  }
}

/** Rows of one table, with a lookup by the first column of each index. */
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

  /** Size on disk, dead row versions included. */
  get bytes(): number {
    return sizeOf(this.#places);
  }

  /** Rows of which any version has this value in the column. The caller must check the version that it sees. */
  having(column: number, value: SqlValue): readonly StoredRow[] {
    const rows = this.#byColumn.get(column)!.get(value);
    return rows === undefined || rows.size === 0 ? [] : [...rows];
  }

  /** Enters a version into the lookups. @param previous the version that is in them already, if any */
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

/** The tables of one database, its commit counter and its open transactions. */
export class Storage {
  readonly tables: Table[] = [];
  /** The number of the latest commit. */
  csn = 1;
  #xids = 0;
  /** Open transactions. */
  readonly open = new Set<RowOwner>();

  constructor(readonly schema: DatabaseSchema) {
    this.grow();
  }

  /** Adds storage for the tables that the schema has gained. */
  grow(): void {
    for (const table of this.schema.tables.slice(this.tables.length)) this.tables.push(new Table(table));
  }

  nextXid(): number {
    return ++this.#xids;
  }

  /** The oldest running transaction id: the xmin of a snapshot taken now. */
  oldestXid(): number {
    let oldest = this.#xids + 1;
    for (const { xid } of this.open) if (xid !== undefined && xid < oldest) oldest = xid;
    return oldest;
  }

  /** A new database with the same committed rows. Open transactions are left out. */
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
