import { describe, expect, it } from '@jest/globals';
import { ledger, type NewEvent } from '#contracts';
import { money, usd } from '#money';
import { account, after, approved, captured, chargeId, frozen, voided } from '../../test/charge.js';
import { given, now, stepOn } from '../../test/given.js';
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

const suspending = 'single unmatched_capture bank_receivable:alder:usd → suspense:alder:usd 900';

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

  it('posts a partial capture, and takes the fee on that part', () => {
    given(after([approved()]))
      .when(captured({ amount: usd(500) }))
      .then(posted(500, 45))
      .moving(
        'post capture bank_receivable:alder:usd → merchant:acct_1:usd 500',
        'single fee merchant:acct_1:usd → fees:usd 45',
      );
  });

  it('rejects a capture above the held amount, or in another currency', () => {
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

  it('rejects a second, different capture', () => {
    given(after([approved(), captured()]))
      .when(captured({ amount: usd(1) }))
      .thenFails('captured twice');
    given(after([captured()]))
      .when(captured({ amount: usd(1) }))
      .thenFails('captured twice');
  });

  it('posts a partial manual capture, and releases the rest', () => {
    given(after([approved({ capture: 'manual' })]))
      .when(captured({ amount: usd(500) }))
      .then(posted(500, 45));
  });

  it('stores the bank id of the capture', () => {
    const bankIds = (events: NewEvent[]) => after(events).moves.map(({ effect, bankId }) => [effect, bankId]);
    expect(bankIds([approved(), captured()]).slice(1)).toEqual([
      ['capture', 'alder_2'],
      ['fee', undefined],
    ]);
    expect(bankIds([captured(), approved()])).toEqual([
      ['unmatched_capture', 'alder_2'],
      ['match', undefined],
      ['fee', undefined],
    ]);
  });

  it('makes it available at the first midnight in UTC after two days', () => {
    const availableOn = (at: number) => {
      const step = stepOn(captured());
      const { emit } = step.decide(after([approved()]), captured().data, at, unlimited);
      return new Date((emit[0]!.data as ledger.ChargePosted).availableOn).toISOString();
    };
    expect(availableOn(Date.UTC(2026, 0, 1))).toBe('2026-01-03T00:00:00.000Z');
    expect(availableOn(Date.UTC(2026, 0, 1) + 1)).toBe('2026-01-04T00:00:00.000Z');
    expect(availableOn(Date.UTC(2026, 0, 1, 23, 59, 59, 999))).toBe('2026-01-04T00:00:00.000Z');
  });

  it('keeps a capture that precedes its approval in suspense', () => {
    given(noHold(chargeId)).when(captured()).thenEmitsNothing().becoming('unmatched').moving(suspending);
  });

  it('requests compensation of a capture whose charge has ended, and keeps it in suspense until then', () => {
    const suspended = ledger.captureSuspended({
      chargeId,
      account,
      amount: usd(900),
      bank: 'alder',
      bankCaptureId: 'alder_2',
    });
    given(after([approved()], frozen))
      .when(captured())
      .then(suspended)
      .becoming('refused')
      .moving(suspending);
    given(after([approved(), voided()]))
      .when(captured())
      .then(suspended)
      .becoming('released')
      .moving(suspending);
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
