import { describe, it } from '@jest/globals';
import { ledger } from '#contracts';
import { money, usd } from '#money';
import { account, after, approved, captured, chargeId, frozen, voided } from '../../test/charge.js';
import { given, now } from '../../test/given.js';
import { unlimited } from '../accounts/account-limits.js';
import { noHold } from './hold.js';

const posted = (amountMinor: number, feeMinor: number) =>
  ledger.chargePosted({
    chargeId,
    account,
    amount: usd(amountMinor),
    fee: usd(feeMinor),
    postedAt: now,
    availableOn: now + 172_800_000,
    balanceTransactionId: 'txn_1',
  });

describe('when the bank captured, the ledger', () => {
  it('posts the hold and takes the fee', () => {
    given(after([approved()]))
      .when(captured())
      .then(posted(900, 56))
      .becoming('posted')
      .moving(
        'post capture bank_receivable:alder:usd → merchant:acct_1:usd 900',
        'single fee merchant:acct_1:usd → fees:usd 56',
      );
  });

  it('posts the part that was captured, and takes the fee on that', () => {
    given(after([approved()]))
      .when(captured({ amount: usd(500) }))
      .then(posted(500, 45))
      .moving(
        'post capture bank_receivable:alder:usd → merchant:acct_1:usd 500',
        'single fee merchant:acct_1:usd → fees:usd 45',
      );
  });

  it('never posts more than was held, nor another currency', () => {
    given(after([approved()]))
      .when(captured({ amount: usd(901) }))
      .thenFails('captured more than was held');
    given(after([approved()]))
      .when(captured({ amount: money(900, 'eur') }))
      .thenFails('captured in another currency');
  });

  it('posts once', () => {
    given(after([approved(), captured()]))
      .when(captured())
      .thenNothing();
  });

  it('does not take two different captures for one', () => {
    given(after([approved(), captured()]))
      .when(captured({ amount: usd(1) }))
      .thenFails('captured twice');
    given(after([captured()]))
      .when(captured({ amount: usd(1) }))
      .thenFails('captured twice');
  });

  it('keeps what was captured without a hold in suspense', () => {
    const moving = 'single unmatched_capture bank_receivable:alder:usd → suspense:alder:usd 900';
    given(noHold(chargeId, unlimited)).when(captured()).thenNothingIsSaid().becoming('unmatched').moving(moving);
    given(after([approved()], frozen))
      .when(captured())
      .thenNothingIsSaid()
      .becoming('refused')
      .moving(moving);
    given(after([approved(), voided()]))
      .when(captured())
      .thenNothingIsSaid()
      .becoming('released')
      .moving(moving);
  });

  it('keeps a stray capture in suspense once', () => {
    given(after([captured()]))
      .when(captured())
      .thenNothing();
    given(after([approved(), voided(), captured()]))
      .when(captured())
      .thenNothing();
  });
});
