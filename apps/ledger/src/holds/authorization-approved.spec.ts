import { describe, expect, it } from '@jest/globals';
import { ledger } from '#contracts';
import { money, usd } from '#money';
import { account, after, approved, captured, chargeId, frozen, voided } from '../../test/charge.js';
import { given, now } from '../../test/given.js';
import { unlimited } from '../accounts/account-limits.js';
import { noHold } from './hold.js';

const capped = { ...unlimited, openHoldsCapMinor: { usd: 1000 }, openHoldsMinor: { usd: 500 } };
const placed = ledger.holdPlaced({ chargeId, account, amount: usd(900), capture: 'automatic' });

describe('when the bank approved an authorization, the ledger', () => {
  it('holds the amount for the merchant', () => {
    given(noHold(chargeId))
      .when(approved())
      .then(placed)
      .becoming('pending')
      .moving('pending hold bank_receivable:alder:usd → merchant:acct_1:usd 900');
  });

  it('emits `charge_authorized` for a manual capture', () => {
    const manual = given(noHold(chargeId)).when(approved({ capture: 'manual' }));
    manual
      .then(ledger.chargeAuthorized({ chargeId, account, amount: usd(900), heldAt: now }))
      .becoming('pending')
      .moving('pending hold bank_receivable:alder:usd → merchant:acct_1:usd 900');
  });

  it('stores the bank id of the authorization', () => {
    expect(after([approved()]).moves.map(({ bankId }) => bankId)).toEqual(['alder_1']);
  });

  it('holds up to the cap of the account’s open holds', () => {
    const limits = { ...capped, openHoldsMinor: { usd: 100 } };
    given(noHold(chargeId), limits).when(approved()).then(placed).becoming('pending');
    given(noHold(chargeId), capped)
      .when(approved())
      .then(ledger.holdRefused({ chargeId, account, reason: 'open_holds_cap' }))
      .becoming('refused')
      .moving();
  });

  it('applies the cap per currency', () => {
    const amount = money(900, 'eur');
    given(noHold(chargeId), capped)
      .when(approved({ amount }))
      .then(ledger.holdPlaced({ chargeId, account, amount, capture: 'automatic' }));
  });

  it('refuses a frozen account', () => {
    given(noHold(chargeId), frozen)
      .when(approved())
      .then(ledger.holdRefused({ chargeId, account, reason: 'account_frozen' }))
      .becoming('refused')
      .moving();
  });

  it('refuses by a fault token for the ledger, and ignores tokens for other services', () => {
    given(noHold(chargeId))
      .when(approved({ fault: 'tok_fault_ledger_refuse' }))
      .then(ledger.holdRefused({ chargeId, account, reason: 'fault_token' }));
    given(noHold(chargeId))
      .when(approved({ fault: 'tok_fault_capture_drop_after' }))
      .then(placed);
  });

  it('emits nothing for a redelivery', () => {
    given(after([approved()]))
      .when(approved())
      .thenNothing();
    given(after([approved(), captured()]))
      .when(approved())
      .thenNothing();
    given(after([approved()], frozen))
      .when(approved())
      .thenNothing();
  });

  it('holds nothing when the authorization is already voided', () => {
    given(after([voided()]))
      .when(approved())
      .thenNothing();
  });

  it('matches an earlier capture, even if it would have refused the hold', () => {
    given(after([captured()], frozen))
      .when(approved())
      .then(
        ledger.chargePosted({
          chargeId,
          account,
          amount: usd(900),
          fee: usd(56),
          postedAt: now,
          availableOn: now + 172_800_000,
          balanceTransactionId: 'txn_1',
        }),
      )
      .becoming('posted')
      .moving(
        'single match suspense:alder:usd → merchant:acct_1:usd 900',
        'single fee merchant:acct_1:usd → fees:usd 56',
      );
  });
});
