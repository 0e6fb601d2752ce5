import type { bankProtocol } from '#contracts';

/** The position of a record in its journal. */
export interface JournalSpan {
  readonly fromByte: number;
  readonly bytes: number;
}

/** An index of the journal by charge. */
export class ChargeIndex {
  /** By charge, or by reference for records without a charge. Two numbers per record. */
  readonly #spans = new Map<string, number[]>();

  add(record: bankProtocol.JournalRecord, { fromByte, bytes }: JournalSpan): void {
    const name = nameOf(record);
    // A statement has no charge.
    if (name === undefined) return;
    const spans = this.#spans.get(name);
    if (spans) spans.push(fromByte, bytes);
    else this.#spans.set(name, [fromByte, bytes]);
  }

  /** @param name of a charge, or a reference for what names no charge */
  of(name: string): JournalSpan[] {
    const spans = this.#spans.get(name) ?? [];
    return Array.from({ length: spans.length / 2 }, (_, place) => ({
      fromByte: spans[2 * place]!,
      bytes: spans[2 * place + 1]!,
    }));
  }
}

const nameOf = ({ chargeId, reference }: bankProtocol.JournalRecord): string | undefined => chargeId ?? reference;
