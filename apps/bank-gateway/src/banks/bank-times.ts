import assert from 'node:assert/strict';
import type { Clock, Instant } from '#clock';
import type { bankProtocol } from '#contracts';

/**
 * What we know of each bank's clock. `validUntil` and the age of an attempt are counted on it, so that no clock
 * of ours can make a bank's "not found" look final too early (rule 2).
 *
 * A reading is carried on by our monotonic clock. Every reading is a lower bound, because the answer that
 * brought it took its time to arrive, and a bank's clock never goes back: so the latest one wins.
 */
export class BankTimes {
  readonly #offsetsMs = new Map<bankProtocol.BankName, number>();

  constructor(private readonly clock: Clock) {}

  observe(bank: bankProtocol.BankName, time: bankProtocol.BankTime): void {
    const offsetMs = time.now - this.clock.monotonicMs();
    this.#offsetsMs.set(bank, Math.max(offsetMs, this.#offsetsMs.get(bank) ?? -Infinity));
  }

  /** False until the bank has answered this process once; before that nothing can be begun there. */
  isKnown(bank: bankProtocol.BankName): boolean {
    return this.#offsetsMs.has(bank);
  }

  /** The bank's now, as far as we know; never ahead of it but by the drift of our monotonic clock. */
  estimate(bank: bankProtocol.BankName): Instant {
    const offsetMs = this.#offsetsMs.get(bank);
    assert(offsetMs !== undefined, `${bank} has not told its time yet`);
    return Math.floor(this.clock.monotonicMs() + offsetMs);
  }
}
