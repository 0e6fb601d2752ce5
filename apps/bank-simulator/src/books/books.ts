import assert from 'node:assert/strict';
import type { bankProtocol } from '#contracts';

type EntryRecord = bankProtocol.EntryRecord;
type RefusalRecord = bankProtocol.RefusalRecord;

/** An entry with its later changes. */
export interface EntryPosition {
  readonly entry: EntryRecord;
  /** The void or reversal that undid it. */
  undoneBy?: EntryRecord;
  /** Captures and voids of an authorization, refunds of a capture. */
  readonly under: EntryPosition[];
}

/** A bank's state, event-sourced: the fold of its journal. Only `apply` changes it, for new records and in a replay. */
export class Books {
  readonly #positions: EntryPosition[] = [];
  readonly #byBankId = new Map<string, EntryPosition>();
  readonly #byReference = new Map<string, EntryPosition[]>();
  readonly #remembered = new Map<string, EntryRecord | RefusalRecord>();
  readonly #fences = new Map<string, bankProtocol.FenceRecord>();
  #lastAt = 0;
  #notes = 0;

  constructor(readonly profile: bankProtocol.BankProfile) {}

  /** The latest recorded time, a lower bound of this bank's clock. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Every entry, in order of `seq`. */
  get positions(): readonly EntryPosition[] {
    return this.#positions;
  }

  /** The number of refusals and fences, which have a separate numbering. */
  get notes(): number {
    return this.#notes;
  }

  find(bankId: string): EntryPosition | undefined {
    return this.#byBankId.get(bankId);
  }

  performances(reference: string): readonly EntryPosition[] {
    return this.#byReference.get(reference) ?? [];
  }

  /** An idempotent bank's earlier answer to this reference. */
  remembered(reference: string): EntryRecord | RefusalRecord | undefined {
    return this.#remembered.get(reference);
  }

  fence(reference: string): bankProtocol.FenceRecord | undefined {
    return this.#fences.get(reference);
  }

  apply(record: bankProtocol.JournalRecord): void {
    this.#lastAt = Math.max(this.#lastAt, record.at);
    switch (record.type) {
      case 'request':
        return;
      case 'entry':
        return this.#enter(record);
      case 'refusal':
        this.#notes++;
        if (record.state !== 'error') this.#remember(record);
        return;
      case 'fence':
        this.#notes++;
        this.#fences.set(record.reference, record);
    }
  }

  #enter(entry: EntryRecord): void {
    assert.equal(entry.seq, this.#positions.length + 1, 'entries are numbered without gaps');
    const position: EntryPosition = { entry, under: [] };
    this.#positions.push(position);
    this.#byBankId.set(entry.bankId, position);

    const named = this.#byReference.get(entry.reference);
    if (named) named.push(position);
    else this.#byReference.set(entry.reference, [position]);

    if (entry.of !== undefined) this.#standing(entry.of).under.push(position);
    const undone = entry.reverses ?? (entry.kind === 'void' ? entry.of : undefined);
    if (undone !== undefined) this.#standing(undone).undoneBy = entry;
    if (entry.kind !== 'reversal') this.#remember(entry);
  }

  #standing(bankId: string): EntryPosition {
    const position = this.#byBankId.get(bankId);
    assert(position && !position.undoneBy, `${bankId} stands`);
    return position;
  }

  #remember(record: EntryRecord | RefusalRecord): void {
    if (this.profile.idempotent && !this.#remembered.has(record.reference)) {
      this.#remembered.set(record.reference, record);
    }
  }
}
