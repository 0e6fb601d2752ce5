import assert from 'node:assert/strict';

interface InHand {
  readonly next: number;
  done: boolean;
}

/**
 * How far one partition has come, in offsets: delivered, processed, committed. Batches end in any order;
 * the offset to commit is that behind the last of which all before it have ended. No I/O.
 */
export class PartitionProgress {
  readonly #inHand: InHand[] = [];
  #delivered = -1;
  #processed = -1;
  #committed = -1;

  /**
   * The first offset to deliver out of a fetched batch: after a rejoin the broker sends again what is in
   * hand or not yet committed here. A log that begins again below what was committed is another log (its
   * topic was made anew, its offsets were reset): everything counts as new.
   */
  firstNew(firstOffset: number): number {
    if (firstOffset < this.#committed) {
      this.#inHand.length = 0;
      this.#delivered = this.#processed = this.#committed = -1;
    }
    return Math.max(firstOffset, this.#delivered);
  }

  /** @returns what to call when the batch that ends before `next` is processed */
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

  /** The offset to commit, when there is a new one. */
  get uncommitted(): number | undefined {
    return this.#processed > this.#committed ? this.#processed : undefined;
  }

  committed(offset: number): void {
    this.#committed = Math.max(this.#committed, offset);
  }
}
