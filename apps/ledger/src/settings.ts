import { milliseconds, serviceSettings } from '#service';
import { z } from 'zod';

/** What the ledger reads from its environment beside the frame's own settings. */
export const ledgerSettings = z.object({
  /**
   * How far below zero refunds may take a merchant's balance, in minor units of each currency: the fee is kept, so
   * without any the first refund of a fresh account would fail. `holdfast limit` says otherwise for one.
   */
  REFUND_OVERDRAFT_MINOR: z.coerce.number().int().nonnegative().default(1_000_000),
  /** How often banks' statements are compared with the books. */
  RECONCILE_EVERY_MS: milliseconds.min(100).default(3_000),
  /** How long a bank, or the books, may lag behind the other before it is a difference; clocks included. */
  RECONCILE_GRACE_MS: milliseconds.default(15_000),
});
export const ledgerConfig = serviceSettings('ledger', ledgerSettings);
export type LedgerSettings = ReturnType<typeof ledgerConfig>;
