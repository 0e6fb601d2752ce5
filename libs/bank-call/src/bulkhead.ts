import assert from 'node:assert';

/** The right to have one call in flight. Held from before `begun` is committed until the call has ended. */
export interface Slot {
  /** Idempotent. Needed only when the call is not made after all: a call releases its slot itself. */
  release(): void;
}

/** Slots that are kept free for whoever looks for work, until it is known for how many there is some. */
export interface KeptSlots {
  readonly count: number;
  /** One of them. Throws when none is left. */
  take(): Slot;
  /** Gives back those that were not taken. Idempotent. */
  release(): void;
}

/**
 * Bounds the calls in flight to one bank, so that a bank that hangs holds up nothing but itself.
 * It refuses instead of queueing: who is refused has not begun anything yet, and waits in the database.
 */
export class Bulkhead {
  readonly #held = new Set<Slot>();
  #kept = 0;

  constructor(
    private readonly size: number,
    private readonly onChange: (inFlight: number) => void = () => {},
  ) {}

  get inFlight(): number {
    return this.#held.size + this.#kept;
  }

  get free(): number {
    return this.size - this.inFlight;
  }

  tryReserve(): Slot | undefined {
    if (this.free === 0) return undefined;
    const slot: Slot = {
      release: () => {
        if (this.#held.delete(slot)) this.onChange(this.inFlight);
      },
    };
    this.#held.add(slot);
    this.onChange(this.inFlight);
    return slot;
  }

  /** As many as are free, and not more than that; possibly none. */
  keep(atMost: number): KeptSlots {
    let left = Math.min(atMost, this.free);
    const giveBack = (count: number): void => {
      left -= count;
      this.#kept -= count;
    };
    this.#kept += left;
    this.onChange(this.inFlight);
    return {
      get count() {
        return left;
      },
      take: () => {
        assert(left > 0, 'no slot is left of those that were kept');
        giveBack(1);
        return this.tryReserve()!;
      },
      release: () => {
        giveBack(left);
        this.onChange(this.inFlight);
      },
    };
  }

  /** A released or foreign slot would let more calls fly than the bulkhead counts. */
  assertHeld(slot: Slot): void {
    assert(this.#held.has(slot), "the slot is not one of this bank's, or was released");
  }
}
