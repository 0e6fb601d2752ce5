import { describe, it } from '@jest/globals';
import { ledger, type RefundRefusal } from '#contracts';
import { money, usd } from '#money';
import { account, chargeId } from '../../test/charge.js';
import { given } from '../../test/given.js';
import { after, failed, refundId, requested, succeeded } from '../../test/refund.js';
import { room } from '../../test/room.js';
import { noRefund, type RefundLimits } from './refund.js';

const reserved = (amountMinor: number) =>
  ledger.refundReserved({ refundId, chargeId, account, amount: usd(amountMinor) });
const refused = (amountMinor: number, reason: RefundRefusal) =>
  ledger.refundRefused({ refundId, chargeId, account, amount: usd(amountMinor), reason });
const givenRoom = (other: Partial<RefundLimits>) => given(noRefund(refundId), { ...room, ...other });

describe('when a merchant refunds a charge, the ledger', () => {
  it('reserves the amount from the merchant’s balance', () => {
    givenRoom({})
      .when(requested())
      .then(reserved(400))
      .becoming('reserved')
      .moving('pending refund_hold:re_1 merchant:acct_1:usd → bank_receivable:alder:usd 400');
  });

  it('refunds up to the captured amount, over all refunds of the charge', () => {
    givenRoom({ refundedMinor: 500 }).when(requested()).then(reserved(400));
    givenRoom({ refundedMinor: 501 })
      .when(requested())
      .then(refused(400, 'exceeds_captured'))
      .becoming('refused')
      .moving();
  });

  it('allows a balance down to its overdraft', () => {
    givenRoom({ spendableMinor: 400 }).when(requested()).then(reserved(400));
    givenRoom({ spendableMinor: 399 })
      .when(requested())
      .then(refused(400, 'insufficient_balance'))
      .becoming('refused')
      .moving();
  });

  it('refuses a refund without a capture', () => {
    givenRoom({ captured: null }).when(requested()).then(refused(400, 'not_captured')).becoming('refused').moving();
  });

  it('rejects another currency', () => {
    givenRoom({})
      .when(requested({ amount: money(400, 'eur') }))
      .thenFails('in another currency');
  });

  it('emits nothing for a redelivery', () => {
    for (const events of [[requested()], [requested(), succeeded()], [requested(), failed()], [succeeded()]]) {
      given(after(...events))
        .when(requested())
        .thenNothing();
    }
  });

  it('reserves nothing when the bank has already refused', () => {
    given(after(failed())).when(requested()).thenNothing();
  });
});
