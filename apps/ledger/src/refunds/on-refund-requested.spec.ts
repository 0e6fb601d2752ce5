import { describe, it } from '@jest/globals';
import { ledger, type RefundRefusal } from '#contracts';
import { money, usd } from '#money';
import { account, chargeId } from '../../test/charge.js';
import { given } from '../../test/given.js';
import { after, failed, refundId, requested, room, succeeded } from '../../test/refund.js';
import { noRefund, type Room } from './refund.js';

const reserved = (amountMinor: number) =>
  ledger.refundReserved({ refundId, chargeId, account, amount: usd(amountMinor) });
const refused = (amountMinor: number, reason: RefundRefusal) =>
  ledger.refundRefused({ refundId, chargeId, account, amount: usd(amountMinor), reason });
const refundWith = (other: Partial<Room>) => noRefund(refundId, { ...room, ...other });

describe('when a merchant gives back a charge, the ledger', () => {
  it('sets the amount aside from the merchant’s balance', () => {
    given(refundWith({}))
      .when(requested())
      .then(reserved(400))
      .becoming('reserved')
      .moving('pending refund_hold:re_1 merchant:acct_1:usd → bank_receivable:alder:usd 400');
  });

  it('gives back as much as was captured, over all refunds of the charge, and no more', () => {
    given(refundWith({ refundedMinor: 500 }))
      .when(requested())
      .then(reserved(400));
    given(refundWith({ refundedMinor: 501 }))
      .when(requested())
      .then(refused(400, 'exceeds_captured'))
      .becoming('refused')
      .moving();
  });

  it('lets the balance down to its overdraft, and no further', () => {
    given(refundWith({ spendableMinor: 400 }))
      .when(requested())
      .then(reserved(400));
    given(refundWith({ spendableMinor: 399 }))
      .when(requested())
      .then(refused(400, 'insufficient_balance'))
      .becoming('refused')
      .moving();
  });

  it('gives nothing back of what was not captured', () => {
    given(refundWith({ captured: null }))
      .when(requested())
      .then(refused(400, 'not_captured'))
      .becoming('refused')
      .moving();
  });

  it('does not take one currency for another', () => {
    given(refundWith({}))
      .when(requested({ amount: money(400, 'eur') }))
      .thenFails('in another currency');
  });

  it('says nothing twice', () => {
    for (const events of [[requested()], [requested(), succeeded()], [requested(), failed()], [succeeded()]]) {
      given(after(...events))
        .when(requested())
        .thenNothing();
    }
  });

  it('reserves nothing when the bank has refused already', () => {
    given(after(failed())).when(requested()).thenNothing();
  });
});
