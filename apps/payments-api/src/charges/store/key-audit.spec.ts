import { describe, expect, it } from '@jest/globals';
import { keysOfSeveral, sharedWithinADay } from './key-audit.js';

const charge = (id: string, idempotencyKey: string, account = 'acct_1') => ({ id, account, idempotencyKey });
const HOUR_MS = 3_600_000;
const audited = (charges: ReturnType<typeof charge>[], openedAt: Record<string, number>) =>
  sharedWithinADay(keysOfSeveral(charges), new Map(Object.entries(openedAt)));

describe('the audit of idempotency keys', () => {
  it('names a key that opened two charges within a day', () => {
    const charges = [charge('ch_2', 'order-1'), charge('ch_1', 'order-1'), charge('ch_3', 'order-2')];
    expect(audited(charges, { ch_1: 0, ch_2: 23 * HOUR_MS, ch_3: 0 })).toEqual([
      { account: 'acct_1', key: 'order-1', chargeIds: ['ch_1', 'ch_2'] },
    ]);
  });

  it('passes a key that was used again after it had been forgotten, and the same key of two accounts', () => {
    expect(audited([charge('ch_1', 'a'), charge('ch_2', 'a')], { ch_1: 0, ch_2: 25 * HOUR_MS })).toEqual([]);
    expect(audited([charge('ch_1', 'a'), charge('ch_2', 'a', 'acct_2')], { ch_1: 0, ch_2: 0 })).toEqual([]);
  });
});
