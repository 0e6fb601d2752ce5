import { describe, it } from '@jest/globals';
import { ledger } from '#contracts';
import { usd } from '#money';
import { account, chargeId } from '../../test/charge.js';
import { given } from '../../test/given.js';
import { after, failed, refundId, requested, succeeded } from '../../test/refund.js';
import { noRefund } from './refund.js';

const released = ledger.refundReleased({ refundId, chargeId, account, amount: usd(400), code: 'account_closed' });

describe('when the bank refused a refund, the ledger', () => {
  it('voids the reservation', () => {
    given(after(requested()))
      .when(failed())
      .then(released)
      .becoming('released')
      .moving('void refund_release:re_1 merchant:acct_1:usd → bank_receivable:alder:usd 400');
  });

  it('ends a refund whose request has not arrived', () => {
    given(noRefund(refundId)).when(failed()).then(released).becoming('released').moving();
  });

  it('emits nothing for a redelivery', () => {
    given(after(requested(), failed())).when(failed()).thenNothing();
    given(after(requested({ amount: usd(901) })))
      .when(failed())
      .thenNothing();
  });

  it('rejects a refusal of a posted refund', () => {
    given(after(requested(), succeeded())).when(failed()).thenFails('what it had given back');
  });
});
