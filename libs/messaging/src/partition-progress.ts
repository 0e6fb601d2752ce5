import assert from 'node:assert/strict';

interface InHand {
  readonly next: number;
  done: boolean;
}

/**
 * Delivered, processed and committed offsets of one partition. Batches end in any order; the offset to commit is behind
 * the last batch whose predecessors have all ended.
 */
export class PartitionProgress {
  readonly #inHand: InHand[] = [];
  #delivered = -1;
  #processed = -1;
  #committed = -1;
  /** The first offset that this consumer was given, and the end of the log at the last fetch. */
  #start = 0;
  #end = 0;

  /**
   * The first offset of a fetched batch to deliver: after a rejoin the broker sends uncommitted records again. A log that
   * restarts below the committed offset is a recreated topic: all of it is new.
   */
  firstNew(firstOffset: number): number {
    if (firstOffset < this.#committed) {
      this.#inHand.length = 0;
      this.#delivered = this.#processed = this.#committed = -1;
    }
    if (this.#delivered < 0) this.#start = firstOffset;
    return Math.max(firstOffset, this.#delivered);
  }

  /** @returns a function to call when the batch that ends before `next` is processed */
  begin(next: number): () => void {
    assert(next > this.#delivered, 'a partition is delivered in order');
    const batch: InHand = { next, done: false };
    this.#inHand.push(batch);
    this.#delivered = next;
    return () => {
      batch.done = true;
      while (this.#inHand[0]?.done) this.#processed = this.#inHand.shift()!.next;
    };
  }

  /** @param end the offset behind the partition's last record, as the broker said with a fetched batch */
  endsAt(end: number): void {
    this.#end = end;
  }

  /** Records that are not processed, up to the end of the log at the last fetch. */
  get lag(): number {
    return Math.max(0, this.#end - Math.max(this.#start, this.#processed));
  }

  /** The offset to commit; undefined if it is committed already. */
  get uncommitted(): number | undefined {
    return this.#processed > this.#committed ? this.#processed : undefined;
  }

  committed(offset: number): void {
    this.#committed = Math.max(this.#committed, offset);
  }
}
