import assert from 'node:assert/strict';
import type { Clock, Instant } from '#clock';
import type { bankProtocol } from '#contracts';

/** Bounds of the bank's time minus our monotonic time. */
interface OffsetMs {
  readonly min: number;
  readonly max: number;
}

/**
 * Estimates each bank's clock as an interval (Cristian's algorithm): the bank read it between our request and its
 * answer. Further readings narrow it; one that contradicts it replaces it, since a clock was set (rule 2).
 */
export class BankTimes {
  readonly #offsets = new Map<bankProtocol.BankName, OffsetMs>();

  constructor(private readonly clock: Clock) {}

  /** @param askedAtMs monotonic milliseconds, not after the request was sent */
  observe(bank: bankProtocol.BankName, time: bankProtocol.BankTime, askedAtMs: number): void {
    const reading = { min: time.now - this.clock.monotonicMs(), max: time.now - askedAtMs };
    const known = this.#offsets.get(bank) ?? reading;
    const both = { min: Math.max(known.min, reading.min), max: Math.min(known.max, reading.max) };
    this.#offsets.set(bank, both.min <= both.max ? both : reading);
  }

  /** False until the first reading. Before it no attempt may begin at this bank. */
  isKnown(bank: bankProtocol.BankName): boolean {
    return this.#offsets.has(bank);
  }

  /** The lower bound of the bank's time, from which `validUntil` is computed. */
  earliest(bank: bankProtocol.BankName): Instant {
    return Math.floor(this.clock.monotonicMs() + this.#offsetOf(bank).min);
  }

  /** The upper bound of the bank's time, from which ages are computed. */
  latest(bank: bankProtocol.BankName): Instant {
    return Math.ceil(this.clock.monotonicMs() + this.#offsetOf(bank).max);
  }

  #offsetOf(bank: bankProtocol.BankName): OffsetMs {
    const offset = this.#offsets.get(bank);
    assert(offset, `${bank} has not told its time yet`);
    return offset;
  }
}
