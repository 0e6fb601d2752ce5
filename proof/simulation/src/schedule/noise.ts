import type { Random } from '#virtual-time';
import type { PlannedCharge } from '../operations/operation.js';
import { accounts } from './accounts.js';

/** First id of these operations. */
const FIRST_ID = 3_000;
const BURST = 8;
const BURST_WITHIN_MS = 40;
/** Reset time of a circuit breaker. */
const OPEN_MS = 5_000;
const MEANWHILE = 3;

/** Admission limits per account that are low enough for a burst to exceed. */
export const patience = { ADMIT_IN_PROGRESS_PER_ACCOUNT: 2, ADMIT_WAITING_PER_ACCOUNT: 1 } as const;

/**
 * A noisy neighbor: a burst of charges with fault tokens, while other accounts charge good cards of the same network.
 * Only the noisy account's requests may be refused.
 */
export function noise(random: Random): PlannedCharge[] {
  const noisy = random.pick(accounts);
  const others = accounts.filter((account) => account !== noisy);
  const brand = random.pick(['amex', 'discover'] as const);
  const atMs = random.between(0, 8_000);
  const create = (place: number, account: string, source: string, afterMs: number): PlannedCharge => ({
    kind: 'create',
    id: FIRST_ID + place,
    atMs: atMs + afterMs,
    account,
    source,
    amountMinor: random.integer(500, 20_000),
    currency: 'usd',
    capture: random.chance(0.5),
  });
  return [
    ...Array.from({ length: BURST }, (_, place) =>
      create(place, noisy, `tok_fault_authorize_not_processed_2_on_${brand}`, random.between(0, BURST_WITHIN_MS)),
    ),
    ...Array.from({ length: MEANWHILE }, (_, place) =>
      create(BURST + place, random.pick(others), `tok_${brand}`, random.between(0, OPEN_MS)),
    ),
  ];
}
