import type { WorldSchedule } from '../schedule/schedule.js';

/** The shrunk schedule that found a bug, written out, because the schedule of a seed changes with the generator. */
export interface Regression {
  /** Name of its file. */
  readonly name: string;
  /** The bug, as a sentence. */
  readonly bug: string;
  /** The planted bug that reverts the fix, with which this schedule fails. */
  readonly plantedAs: string;
  readonly schedule: WorldSchedule;
}

/** Default fields of a charge, which do not matter for the bug. */
export const aCharge = {
  account: 'acct_anna',
  source: 'tok_visa',
  amountMinor: 1_000,
  currency: 'usd',
} as const;
