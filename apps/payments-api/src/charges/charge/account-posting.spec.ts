import { describe, expect, it } from '@jest/globals';
import { onAccountClock, postingTimes } from './account-posting.js';
import { aCharge } from './testing/a-charge.js';

const day = (n: number, hours = 0): number => n * 86_400_000 + hours * 3_600_000;

describe('what the ledger posted', () => {
  it('is shown at its own times to an account without a test clock', () => {
    const posting = { postedAt: day(10, 5), availableOn: day(13) };
    expect(onAccountClock(posting, { offsetMs: 0 })).toEqual(posting);
  });

  it('is shown on the account’s clock, and becomes available at as many midnights later', () => {
    const posting = { postedAt: day(10, 5), availableOn: day(13) };
    expect(onAccountClock(posting, { offsetMs: day(8, 1) })).toEqual({ postedAt: day(18, 6), availableOn: day(21) });
    expect(onAccountClock(posting, { offsetMs: day(7, 20) })).toEqual({ postedAt: day(18, 1), availableOn: day(21) });
    expect(onAccountClock(posting, { offsetMs: day(7, 19) })).toEqual({ postedAt: day(18), availableOn: day(20) });
  });

  it('is available at once when its card bypasses the pending balance', () => {
    const posting = { postedAt: day(10, 5), availableOn: day(13) };
    const ofCard = (source: string) => postingTimes(aCharge({ id: 'ch_1', source }), posting);
    expect(ofCard('tok_visa')).toEqual(posting);
    expect(ofCard('tok_bypassPending')).toEqual({ postedAt: day(10, 5), availableOn: day(10, 5) });
  });

  it('is available at once where the ledger said so', () => {
    const refund = { postedAt: day(10, 5), availableOn: day(10, 5) };
    expect(onAccountClock(refund, { offsetMs: day(8) })).toEqual({ postedAt: day(18, 5), availableOn: day(18, 5) });
  });
});
