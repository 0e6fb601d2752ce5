import { z } from 'zod';
import {
  account,
  bank,
  captureMethod,
  chargeId,
  holdRefusal,
  movement,
  refundId,
  refundRefusal,
  releaseCause,
} from '../fields.js';
import { instant, money } from './fields.js';

/** One transfer between two accounts of the books. */
export const transferView = z.object({
  effect: z.string(),
  kind: z.enum(['pending', 'post', 'void', 'single']),
  debitAccount: z.string(),
  creditAccount: z.string(),
  amount: money,
  /** The id of the event behind it. */
  cause: z.string(),
  postedAt: instant,
  /** The bank's own id of the movement that it mirrors. */
  bankId: z.string().nullable(),
});
export type TransferView = z.infer<typeof transferView>;

/** GET /charges/:id: the hold of a charge, its transfers in order, and its refunds. */
export const ledgerChargeView = z.object({
  hold: z.object({
    state: z.enum(['pending', 'posted', 'refused', 'released', 'unmatched']),
    account,
    bank,
    /** Null for a capture whose approval has not come. */
    amount: money.nullable(),
    capture: captureMethod.nullable(),
    posted: money.nullable(),
    fee: money.nullable(),
    refusal: holdRefusal.nullable(),
    cause: releaseCause.nullable(),
    refusalCode: z.string().nullable(),
    /** What the bank captured without an open hold. */
    stray: money.nullable(),
    /** The bank's own id of the refund that took it out of suspense again. */
    compensatedBy: z.string().nullable(),
    changedAt: instant,
  }),
  transfers: z.array(transferView),
  refunds: z.array(
    z.object({
      refundId,
      state: z.enum(['reserved', 'posted', 'released', 'refused']),
      amount: money,
      refusal: refundRefusal.nullable(),
      refusalCode: z.string().nullable(),
      changedAt: instant,
    }),
  ),
});
export type LedgerChargeView = z.infer<typeof ledgerChargeView>;

/** GET /charges/:id/differences and GET /differences: a movement about which a bank and the books do not agree. */
export const differenceView = z.object({
  id: z.string(),
  kind: z.enum(['unknown_to_ledger', 'unknown_to_bank', 'undone_at_bank', 'amount_differs']),
  bank,
  movement,
  chargeId,
  /** The bank's own id of the movement; the books' where the bank does not know it. */
  bankId: z.string(),
  /** The bank may name a currency that is none of ours. */
  amount: money.extend({ currency: z.string() }),
  foundAt: instant,
  resolvedAt: instant.nullable(),
  resolution: z.string().nullable(),
});
export type DifferenceView = z.infer<typeof differenceView>;
