import assert from 'node:assert';

/** The right to have one call in flight. Held from before `begun` is committed until the call has ended. */
export interface Slot {
  /** Idempotent. Needed only when the call is not made after all: a call releases its slot itself. */
  release(): void;
}

/** Slots that a worker keeps while it looks for work, until it knows how much there is. */
export interface KeptSlots {
  readonly count: number;
  /** One of them. Throws when none is left. */
  take(): Slot;
  /** Gives back those that were not taken. Idempotent. */
  release(): void;
}

/**
 * Bounds the calls in flight to one bank, so that a bank that hangs holds up nothing but itself.
 * It refuses instead of queueing: a caller that is refused has not begun anything yet, and its operation waits in the database.
 */
export class Bulkhead {
  readonly #held = new Set<Slot>();

  /** @param within a bulkhead around several: a slot here takes one there, too */
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

  /** As many as are free, and not more than that; possibly none. */
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

  /** A released or foreign slot would let more calls fly than the bulkhead counts. */
  assertHeld(slot: Slot): void {
    assert(this.#held.has(slot), "the slot is not one of this bank's, or was released");
  }
}
