import { describe, expect, it } from '@jest/globals';
import { onAccountClock } from './account-posting.js';

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

  it('is available at once where the ledger said so', () => {
    const refund = { postedAt: day(10, 5), availableOn: day(10, 5) };
    expect(onAccountClock(refund, { offsetMs: day(8) })).toEqual({ postedAt: day(18, 5), availableOn: day(18, 5) });
  });
});
