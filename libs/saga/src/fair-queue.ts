interface Terms {
  /** Of a batch. */
  readonly max: number;
  /** Of one lane in a batch that it shares with others. */
  readonly maxPerLane: number;
  /** Lanes that have to wait. */
  readonly isBusy: (lane: string) => boolean;
  /** Lanes that share a batch with no other. */
  readonly isApart: (lane: string) => boolean;
}

/** What waits, by lanes that take turns: however much waits in one, it puts off another by one turn at most. */
export class FairQueue<Item> {
  /** In the order of their turns; none is empty. */
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

  /** The next batch: one of each lane, then the second of each, and so on; within a lane in the order in which they came. */
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

  /** What is left of the lane waits behind the others. */
  #remove(lane: string, count: number): void {
    const left = this.#lanes.get(lane)!.slice(count);
    this.#lanes.delete(lane);
    if (left.length > 0) this.#lanes.set(lane, left);
    this.#size -= count;
  }
}
