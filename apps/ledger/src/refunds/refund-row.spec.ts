import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { after, failed, requested, succeeded } from '../../test/refund.js';
import type { RefundReservation } from './refund.js';
import { fromRow, toRow } from './refund-row.js';

const every: Record<string, RefundReservation> = {
  reserved: after(requested()),
  posted: after(requested(), succeeded()),
  released: after(requested(), failed()),
  refused: after(requested({ amount: usd(901) })),
};

describe('a refund’s row', () => {
  it.each(Object.entries(every))('restores a refund that is %s', (state, refund) => {
    expect(refund.state).toBe(state);
    expect(fromRow(toRow(refund as Exclude<RefundReservation, { state: 'none' }>))).toEqual({ ...refund, moves: [] });
  });
});
