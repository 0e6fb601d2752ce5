import assert from 'node:assert';

/** The right to have one call in flight. Held from before `begun` is committed until the call has ended. */
export interface Slot {
  /** Idempotent. Needed only when the call is not made after all: a call releases its slot itself. */
  release(): void;
}

/**
 * Bounds the calls in flight to one bank, so that a bank that hangs holds up nothing but itself.
 * It refuses instead of queueing: who is refused has not begun anything yet, and waits in the database.
 */
export class Bulkhead {
  readonly #held = new Set<Slot>();

  constructor(
    private readonly size: number,
    private readonly onChange: (inFlight: number) => void = () => {},
  ) {}

  get inFlight(): number {
    return this.#held.size;
  }

  get free(): number {
    return this.size - this.#held.size;
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

  /** A released or foreign slot would let more calls fly than the bulkhead counts. */
  assertHeld(slot: Slot): void {
    assert(this.#held.has(slot), "the slot is not one of this bank's, or was released");
  }
}
