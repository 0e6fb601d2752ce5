interface Terms {
  /** Items in a batch. */
  readonly max: number;
  /** Items of one lane in a batch that it shares with other lanes. */
  readonly maxPerLane: number;
  /** A busy lane is skipped. */
  readonly isBusy: (lane: string) => boolean;
  /** Such a lane shares a batch with no other. */
  readonly isApart: (lane: string) => boolean;
}

/** Round-robin over lanes: a long lane delays another by one batch at most. */
export class FairQueue<Item> {
  /** In the order of their turns. No lane is empty. */
  readonly #lanes = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(lane: string, item: Item): void {
    const waiting = this.#lanes.get(lane);
    if (waiting) waiting.push(item);
    else this.#lanes.set(lane, [item]);
    this.#size++;
  }

  /** The next batch: the first item of each lane, then the second of each, and so on. First in, first out in a lane. */
  take({ max, maxPerLane, isBusy, isApart }: Terms): { lane: string; item: Item }[] {
    const free = [...this.#lanes.keys()].filter((lane) => !isBusy(lane));
    const [first] = free;
    if (first === undefined) return [];
    const sharing = isApart(first) ? [first] : free.filter((lane) => !isApart(lane));
    const perLane = sharing.length === 1 ? max : maxPerLane;
    const batch: { lane: string; item: Item }[] = [];
    for (let round = 0; round < perLane && batch.length < max; round++) {
      const before = batch.length;
      for (const lane of sharing) {
        const waiting = this.#lanes.get(lane)!;
        if (round < waiting.length && batch.length < max) batch.push({ lane, item: waiting[round]! });
      }
      if (batch.length === before) break;
    }
    for (const [lane, taken] of Map.groupBy(batch, ({ lane }) => lane)) this.#remove(lane, taken.length);
    return batch;
  }

  /** A lane with items left goes to the end of the turns. */
  #remove(lane: string, count: number): void {
    const left = this.#lanes.get(lane)!.slice(count);
    this.#lanes.delete(lane);
    if (left.length > 0) this.#lanes.set(lane, left);
    this.#size -= count;
  }
}
