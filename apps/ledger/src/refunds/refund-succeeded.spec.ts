import { describe, expect, it } from '@jest/globals';
import { ledger } from '#contracts';
import { usd } from '#money';
import { account, chargeId } from '../../test/charge.js';
import { decide, given, now } from '../../test/given.js';
import { after, failed, refundId, requested, succeeded } from '../../test/refund.js';
import { room } from '../../test/room.js';
import { noRefund } from './refund.js';

const posted = ledger.refundPosted({
  refundId,
  chargeId,
  account,
  amount: usd(400),
  postedAt: now,
  availableOn: now,
  balanceTransactionId: 'txn_1',
});

describe('when the bank performed a refund, the ledger', () => {
  it('posts the reservation, and keeps the fee', () => {
    given(after(requested()))
      .when(succeeded())
      .then(posted)
      .becoming('posted')
      .moving('post refund:re_1 merchant:acct_1:usd → bank_receivable:alder:usd 400');
  });

  it('stores the bank id', () => {
    const { state } = decide(after(requested()), succeeded());
    expect(state.moves.map(({ bankId }) => bankId)).toEqual([undefined, 'alder_9']);
  });

  it('posts a refund whose request has not arrived, without a check of the balance', () => {
    given(noRefund(refundId), { ...room, spendableMinor: 0 })
      .when(succeeded())
      .then(posted)
      .becoming('posted')
      .moving(
        'pending refund_hold:re_1 merchant:acct_1:usd → bank_receivable:alder:usd 400',
        'post refund:re_1 merchant:acct_1:usd → bank_receivable:alder:usd 400',
      );
  });

  it('rejects refunds above the captured amount', () => {
    given(noRefund(refundId), { ...room, refundedMinor: 501 })
      .when(succeeded())
      .thenFails('exceed what was captured');
    given(noRefund(refundId), { ...room, captured: null })
      .when(succeeded())
      .thenFails('what was not captured');
  });

  it('emits nothing for a redelivery, and rejects a different amount', () => {
    given(after(requested(), succeeded())).when(succeeded()).thenNothing();
    given(after(requested(), succeeded()))
      .when(succeeded({ amount: usd(1) }))
      .thenFails('different amounts');
    given(after(requested()))
      .when(succeeded({ amount: usd(1) }))
      .thenFails('another amount than was reserved');
  });

  it('rejects a refund that the bank or the ledger had refused', () => {
    given(after(requested(), failed())).when(succeeded()).thenFails('was not to be given');
    given(after(requested({ amount: usd(901) })))
      .when(succeeded())
      .thenFails('was not to be given');
  });
});
