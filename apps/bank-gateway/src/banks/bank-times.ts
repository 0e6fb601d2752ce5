import assert from 'node:assert/strict';
import type { Clock, Instant } from '#clock';
import type { bankProtocol } from '#contracts';

/** What has to be added to our monotonic time to get the bank's, at the least and at the most. */
interface OffsetMs {
  readonly min: number;
  readonly max: number;
}

/**
 * What we know of each bank's clock. `validUntil` and the age of an attempt are counted on it, so that no clock
 * of ours can make a bank's "not found" look final too early (rule 2).
 *
 * A reading says what the bank's clock showed at some moment between our question and its arrival here: an
 * interval, however long the answer took or this process stood still. Intervals are narrowed by every further
 * reading, and carried on by our monotonic clock. One that contradicts them shows that a clock has moved: it wins.
 */
export class BankTimes {
  readonly #offsets = new Map<bankProtocol.BankName, OffsetMs>();

  constructor(private readonly clock: Clock) {}

  /** @param askedAtMs monotonic, not after the question was sent */
  observe(bank: bankProtocol.BankName, time: bankProtocol.BankTime, askedAtMs: number): void {
    const reading = { min: time.now - this.clock.monotonicMs(), max: time.now - askedAtMs };
    const known = this.#offsets.get(bank) ?? reading;
    const both = { min: Math.max(known.min, reading.min), max: Math.min(known.max, reading.max) };
    this.#offsets.set(bank, both.min <= both.max ? both : reading);
  }

  /** False until the bank has answered this process once; before that nothing can be begun there. */
  isKnown(bank: bankProtocol.BankName): boolean {
    return this.#offsets.has(bank);
  }

  /** The bank's now, at the earliest: how long something is valid is counted from here. */
  earliest(bank: bankProtocol.BankName): Instant {
    return Math.floor(this.clock.monotonicMs() + this.#offsetOf(bank).min);
  }

  /** The bank's now, at the latest: how old something is, is counted from here. */
  latest(bank: bankProtocol.BankName): Instant {
    return Math.ceil(this.clock.monotonicMs() + this.#offsetOf(bank).max);
  }

  #offsetOf(bank: bankProtocol.BankName): OffsetMs {
    const offset = this.#offsets.get(bank);
    assert(offset, `${bank} has not told its time yet`);
    return offset;
  }
}
