import { z } from 'zod';

// The parts of the ledger's views that the console reads.

const currencySum = z.object({ currency: z.string(), sumMinor: z.number(), suspenseMinor: z.number() });
const accountKind = z.string();

/** GET /balances of the ledger. */
export const balancesView = z.object({
  currencies: z.array(currencySum),
  kinds: z.array(
    z.object({
      kind: accountKind,
      currency: z.string(),
      accounts: z.number(),
      debitsPostedMinor: z.number(),
      creditsPostedMinor: z.number(),
      debitsPendingMinor: z.number(),
      creditsPendingMinor: z.number(),
    }),
  ),
});
export type BalancesView = z.infer<typeof balancesView>;

/** GET /trial-balance of the ledger. */
export const trialBalanceView = z.object({
  balanced: z.boolean(),
  currencies: z.array(currencySum),
  /** Accounts whose roll-up is not the sum of their transfers. */
  miscounted: z.array(z.string()),
});
export type TrialBalanceView = z.infer<typeof trialBalanceView>;

/** GET /books of the ledger. */
export const booksView = z.object({
  banks: z.array(
    z.object({
      bank: z.string(),
      currency: z.string(),
      booksMinor: z.number(),
      statementMinor: z.number(),
      underWayMinor: z.number(),
      differencesMinor: z.number(),
    }),
  ),
  statements: z.array(
    z.object({ bank: z.string(), ageSeconds: z.number().nullable(), missingUntil: z.number().nullable() }),
  ),
  differences: z.array(z.object({ kind: z.string(), bank: z.string(), chargeId: z.string(), bankId: z.string() })),
});
export type BooksView = z.infer<typeof booksView>;
