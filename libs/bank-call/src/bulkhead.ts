import assert from 'node:assert';

/** The right to one call in flight. Held from before the commit of `begun` until the call has ended. */
export interface Slot {
  /** Idempotent. A call releases its slot itself; needed only when no call is made. */
  release(): void;
}

/** Slots that a worker reserves before it knows how much work there is. */
export interface KeptSlots {
  readonly count: number;
  /** @throws AssertionError when none is left */
  take(): Slot;
  /** Releases the slots that were not taken. Idempotent. */
  release(): void;
}

/** Limits the calls in flight to one bank. It refuses instead of queueing: the operation waits in the database. */
export class Bulkhead {
  readonly #held = new Set<Slot>();

  /** @param within a bulkhead around several: a slot here takes one there too */
  constructor(
    private readonly size: number,
    private readonly onChange: (inFlight: number) => void = () => {},
    private readonly within?: Bulkhead,
  ) {}

  get inFlight(): number {
    return this.#held.size;
  }

  get free(): number {
    return Math.min(this.size - this.inFlight, this.within?.free ?? Infinity);
  }

  tryReserve(): Slot | undefined {
    if (this.free <= 0) return undefined;
    const outer = this.within?.tryReserve();
    const slot: Slot = {
      release: () => {
        if (!this.#held.delete(slot)) return;
        outer?.release();
        this.onChange(this.inFlight);
      },
    };
    this.#held.add(slot);
    this.onChange(this.inFlight);
    return slot;
  }

  /** Reserves up to `atMost` free slots, possibly none. */
  keep(atMost: number): KeptSlots {
    const slots = Array.from({ length: Math.min(atMost, this.free) }, () => this.tryReserve()!);
    return {
      get count() {
        return slots.length;
      },
      take: () => {
        const slot = slots.pop();
        assert(slot, 'no slot is left of those that were kept');
        return slot;
      },
      release: () => {
        for (const slot of slots.splice(0)) slot.release();
      },
    };
  }

  /** With a released or foreign slot, more calls would be in flight than counted. */
  assertHeld(slot: Slot): void {
    assert(this.#held.has(slot), "the slot is not one of this bank's, or was released");
  }
}
