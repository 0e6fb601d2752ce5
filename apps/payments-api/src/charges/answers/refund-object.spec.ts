import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { faultsOfObject } from '#testing';
import { refundObject } from './refund-object.js';
import type { ChargeRefund, RefundEnd } from '../charge/refund.js';

const now = Date.UTC(2026, 5, 15);
const refund = (end: RefundEnd | null, of: ChargeRefund['of'] = 'capture'): ChargeRefund => ({
  opening: { id: 're_00000000001', amount: usd(300), reason: 'duplicate', openedAt: now, key: 'k' },
  metadata: { a: '1' },
  of,
  end,
});
const posted: RefundEnd = {
  type: 'posted',
  postedAt: now,
  availableOn: now,
  balanceTransactionId: 'txn_00000000001',
};
const shown = (end: RefundEnd | null, of?: ChargeRefund['of'], expand: string[] = []) =>
  refundObject(refund(end, of), charge, expand, now) as Record<string, unknown>;
const charge = { id: 'ch_1', description: null, show: (expand: readonly string[]) => ({ object: 'charge', expand }) };

describe('the refund object', () => {
  it('is of the official package’s type', () => {
    const failed: RefundEnd = { type: 'released', code: 'lost_card' };
    for (const end of [null, posted, failed]) {
      expect(faultsOfObject(shown(end))).toEqual([]);
      expect(faultsOfObject(shown(end, 'capture', ['balance_transaction']))).toEqual([]);
    }
  });

  it('shows what a path names inside its charge, and itself where the path comes back to it', () => {
    const paths = ['charge.refunds', 'balance_transaction.source.charge.customer'];
    expect(shown(posted, 'capture', paths)).toMatchObject({
      charge: { object: 'charge', expand: ['refunds'] },
      balance_transaction: { source: { id: 're_00000000001', charge: { object: 'charge', expand: ['customer'] } } },
    });
  });

  it('is pending until the ledger has posted it', () => {
    expect(shown(null)).toMatchObject({
      object: 'refund',
      amount: 300,
      currency: 'usd',
      charge: 'ch_1',
      status: 'pending',
      balance_transaction: null,
      reason: 'duplicate',
      metadata: { a: '1' },
      created: now / 1000,
    });
    expect(shown(posted)).toMatchObject({ status: 'succeeded', balance_transaction: 'txn_00000000001' });
  });

  it('takes from the balance, and gets no fee back', () => {
    expect(shown(posted, 'capture', ['balance_transaction'])['balance_transaction']).toMatchObject({
      object: 'balance_transaction',
      amount: -300,
      fee: 0,
      net: -300,
      type: 'refund',
      source: 're_00000000001',
    });
  });

  it('of an authorization is a reversal, and moves no balance', () => {
    expect(shown({ type: 'canceled' }, 'authorization')).toMatchObject({
      status: 'succeeded',
      balance_transaction: null,
      destination_details: { type: 'card', card: { type: 'reversal' } },
    });
  });

  it.each([
    [{ type: 'released', code: 'lost_card' }, 'lost_or_stolen_card'],
    [{ type: 'released', code: 'expired_card' }, 'expired_or_canceled_card'],
    [{ type: 'released', code: 'whatever a bank may say' }, 'declined'],
    [{ type: 'refused', reason: 'insufficient_balance' }, 'insufficient_funds'],
    [{ type: 'not_canceled', because: 'captured' }, 'unknown'],
  ] as [RefundEnd, string][])('that failed as %j says why', (end, reason) => {
    expect(shown(end)).toMatchObject({ status: 'failed', failure_reason: reason });
  });
});
