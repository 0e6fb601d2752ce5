import type { FrameSettings } from '#service';
import { z } from 'zod';

/** What the ledger reads from its environment beside the frame's own settings. */
export const ledgerSettings = z.object({
  /**
   * How far below zero refunds may take a merchant's balance, in minor units of each currency: the fee is kept, so
   * without any the first refund of a fresh account would fail. `npm run ledger:limit` says otherwise for one.
   */
  REFUND_OVERDRAFT_MINOR: z.coerce.number().int().nonnegative().default(1_000_000),
});
export type LedgerSettings = FrameSettings & z.infer<typeof ledgerSettings>;
