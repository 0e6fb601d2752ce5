import type { Instant } from '#clock';
import type { Charge } from './charge.js';

/** What a decision about a charge knows of its account. */
export interface AccountContext {
  /** Of the account's test clock; 0 without one. */
  readonly offsetMs: number;
}

interface PostingTimes {
  readonly postedAt: Instant;
  readonly availableOn: Instant;
}

const DAY_MS = 86_400_000;
const midnightAfter = (instant: Instant): Instant => Math.ceil(instant / DAY_MS) * DAY_MS;

/**
 * The ledger posts in real time; an account is shown its own. Stored with the event, so that it stays as it was when
 * the test clock moves on or is deleted. Money that waits waits as many midnights as the ledger said.
 */
export function onAccountClock({ postedAt, availableOn }: PostingTimes, { offsetMs }: AccountContext): PostingTimes {
  const shownAt = postedAt + offsetMs;
  if (availableOn <= postedAt) return { postedAt: shownAt, availableOn: shownAt };
  return { postedAt: shownAt, availableOn: midnightAfter(shownAt) + availableOn - midnightAfter(postedAt) };
}

/** The ledger's times, unless the charge's card bypasses the pending balance. */
export function postingTimes(charge: Charge, { postedAt, availableOn }: PostingTimes): PostingTimes {
  const bypasses = charge.state !== 'none' && charge.opening.instrument.bypassesPending === true;
  return { postedAt, availableOn: bypasses ? postedAt : availableOn };
}
