import { milliseconds, serviceSettings } from '#service';
import { z } from 'zod';

/** The ledger's settings, beside the frame's. */
export const ledgerSettings = z.object({
  /**
   * How far below zero refunds may take a merchant's balance, in minor units per currency. The fee is kept, so with 0 the
   * first refund of a new account would fail. `holdfast limit` overrides it per account.
   */
  REFUND_OVERDRAFT_MINOR: z.coerce.number().int().nonnegative().default(1_000_000),
  /** The interval of the comparison. */
  RECONCILE_EVERY_MS: milliseconds.min(100).default(3_000),
  /** The grace period: how far a bank or the ledger may lag, including clock skew. */
  RECONCILE_GRACE_MS: milliseconds.default(15_000),
});
export const ledgerConfig = serviceSettings('ledger', ledgerSettings);
export type LedgerSettings = ReturnType<typeof ledgerConfig>;
