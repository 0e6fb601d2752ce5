import type { WorldSchedule } from '../schedule/schedule.js';

/** What a bug was found by, shrunk and put in words: what is drawn from a seed changes with how it is drawn. */
export interface Regression {
  /** That of its file. */
  readonly name: string;
  /** What was wrong. */
  readonly bug: string;
  /** The planted bug that takes the fix back. With it, this schedule fails. */
  readonly plantedAs: string;
  readonly schedule: WorldSchedule;
}

/** Of no consequence for what is to be shown. */
export const aCharge = {
  account: 'acct_anna',
  source: 'tok_visa',
  amountMinor: 1_000,
  currency: 'usd',
} as const;
