import type { RowValues } from './schema.js';
import type { LockMode, RowOwner, StoredRow, Storage, Table } from './storage.js';

/** Thrown in the middle of a statement that waits for a lock. It is run again when one of the holders has ended. */
export class LockWait {
  constructor(
    readonly row: StoredRow,
    readonly holders: readonly RowOwner[],
  ) {}
}

const excluded: Record<LockMode, readonly LockMode[]> = {
  key_share: ['update'],
  share: ['no_key_update', 'update'],
  no_key_update: ['share', 'no_key_update', 'update'],
  update: ['key_share', 'share', 'no_key_update', 'update'],
};
const strength: readonly LockMode[] = ['key_share', 'share', 'no_key_update', 'update'];

interface Undo {
  readonly row: StoredRow;
  readonly writer: RowOwner | undefined;
  readonly written: RowValues | null;
  readonly writtenBy: number;
  readonly before: RowValues | null;
  readonly isNew: boolean;
}

/** One transaction at READ COMMITTED. Writes become visible together, at its commit. */
export class MemoryTransaction {
  /** Transaction id. Undefined until the first write or row lock, as in Postgres. */
  xid: number | undefined;
  state: 'open' | 'failed' | 'committed' | 'rolled_back' = 'open';
  command = 0;
  readonly notifications = new Set<string>();
  readonly #writes = new Set<StoredRow>();
  readonly #locked = new Set<StoredRow>();
  #statement: Undo[] = [];
  /** Identity values that this statement has drawn, and how many of them its current run has used. */
  #drawn: number[] = [];
  #given = 0;

  /** @param startedAt milliseconds since the epoch, on the database's clock: the value of `now()` */
  constructor(
    private readonly storage: Storage,
    readonly startedAt: number,
  ) {}

  /** Assigns a transaction id before the first write or lock. @returns the id */
  begins(): number {
    return (this.xid ??= this.storage.nextXid());
  }

  beginStatement(): void {
    this.command++;
    this.#statement = [];
    this.#drawn = [];
    this.#given = 0;
  }

  /** The next identity value of a table. A statement that is run again after a lock wait gets the same values. */
  nextIdentity(table: Table): number {
    if (this.#given === this.#drawn.length) this.#drawn.push(++table.identity);
    return this.#drawn[this.#given++]!;
  }

  /** Undoes the statement's writes and keeps its locks, so that a second run with the same snapshot gets as far. */
  undoStatement(): void {
    for (const undo of this.#statement.reverse()) {
      const { row } = undo;
      const undone = row.written;
      row.writer = undo.writer;
      row.written = undo.written;
      row.writtenBy = undo.writtenBy;
      row.before = undo.before;
      if (undo.writer === undefined) this.#writes.delete(row);
      if (undo.isNew) row.table.remove(row, [undone]);
    }
    this.#statement = [];
    this.#given = 0;
  }

  /** Other transactions that hold a conflicting lock on the row. */
  holdersAgainst(row: StoredRow, mode: LockMode): RowOwner[] {
    const holders: RowOwner[] = [];
    if (row.writer && row.writer !== this && row.committed === null) holders.push(row.writer);
    for (const [tx, held] of row.locks ?? []) if (tx !== this && excluded[mode].includes(held)) holders.push(tx);
    return holders;
  }

  lock(row: StoredRow, mode: LockMode): void {
    const held = row.locks?.get(this);
    if (held && strength.indexOf(held) >= strength.indexOf(mode)) return;
    const holders = this.holdersAgainst(row, mode);
    if (holders.length > 0) throw new LockWait(row, holders);
    this.begins();
    row.locks ??= new Map();
    row.locks.set(this, mode);
    this.#locked.add(row);
  }

  /** Writes the row's next version. This transaction must hold its lock, or have inserted it. */
  write(row: StoredRow, values: RowValues | null, isNew = false): void {
    this.begins();
    const { writer, written, writtenBy, before } = row;
    this.#statement.push({ row, writer, written, writtenBy, before, isNew });
    if (writer !== this) row.before = isNew ? null : row.committed;
    else if (writtenBy !== this.command) row.before = written;
    row.writer = this;
    row.written = values;
    row.writtenBy = this.command;
    this.#writes.add(row);
    if (values) row.table.enter(row, values, isNew ? null : (written ?? row.committed));
  }

  get hasWritten(): boolean {
    return this.#writes.size > 0;
  }

  get written(): StoredRow[] {
    return [...this.#writes];
  }

  /** @param keepsOlder whether a running statement's snapshot may still need the previous versions */
  commit(keepsOlder: boolean): void {
    this.state = 'committed';
    const csn = this.#writes.size > 0 ? ++this.storage.csn : this.storage.csn;
    for (const row of this.#writes) {
      const previous = row.committed;
      if (keepsOlder) {
        row.older ??= [];
        row.older.push({ csn: row.committedCsn, values: previous });
      } else {
        row.older = undefined;
      }
      row.committed = row.written;
      row.committedCsn = csn;
      row.writer = undefined;
      row.written = row.before = null;
      if (row.committed === null && !keepsOlder) row.table.remove(row, [previous]);
    }
    this.#release();
  }

  rollback(): void {
    this.state = 'rolled_back';
    for (const row of this.#writes) {
      const { written } = row;
      row.writer = undefined;
      row.written = row.before = null;
      if (row.committed === null && row.older === undefined) row.table.remove(row, [written]);
    }
    this.#release();
  }

  #release(): void {
    for (const row of this.#locked) {
      row.locks!.delete(this);
      if (row.locks!.size === 0) row.locks = undefined;
    }
    this.#locked.clear();
    this.#writes.clear();
  }
}
