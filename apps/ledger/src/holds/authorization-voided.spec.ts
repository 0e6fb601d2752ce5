import { describe, it } from '@jest/globals';
import { ledger } from '#contracts';
import { usd } from '#money';
import { account, after, approved, captured, chargeId, frozen, voided } from '../../test/charge.js';
import { given } from '../../test/given.js';
import { noHold } from './hold.js';

const released = ledger.chargeReleased({
  chargeId,
  account,
  cause: 'hold_refused',
  holdRefusal: null,
  refusalCode: null,
});
const captureFailed = voided({ cause: 'capture_failed', refusalCode: 'insufficient_funds' });

describe('when the bank voided an authorization, the ledger', () => {
  it('voids the hold', () => {
    given(after([approved()]))
      .when(captureFailed)
      .then(
        ledger.chargeReleased({
          chargeId,
          account,
          cause: 'capture_failed',
          holdRefusal: null,
          refusalCode: 'insufficient_funds',
        }),
      )
      .becoming('released')
      .moving('void release bank_receivable:alder:usd → merchant:acct_1:usd 900');
  });

  it('releases a refused hold without a transfer, and emits the reason of the refusal', () => {
    given(after([approved()], frozen))
      .when(voided())
      .then(
        ledger.chargeReleased({
          chargeId,
          account,
          cause: 'hold_refused',
          holdRefusal: 'account_frozen',
          refusalCode: null,
        }),
      )
      .becoming('released')
      .moving();
  });

  it('ends a charge whose approval has not arrived', () => {
    given(noHold(chargeId)).when(voided()).then(released).becoming('released').moving();
  });

  it('emits nothing for a redelivery', () => {
    given(after([approved(), voided()]))
      .when(voided())
      .thenNothing();
  });

  it('requests compensation of a capture in suspense', () => {
    given(after([captured()]))
      .when(voided())
      .then(
        released,
        ledger.captureSuspended({ chargeId, account, amount: usd(900), bank: 'alder', bankCaptureId: 'alder_2' }),
      )
      .becoming('released')
      .moving();
  });

  it.each(['canceled', 'expired'] as const)('emits the cause: %s', (cause) => {
    given(after([approved({ capture: 'manual' })]))
      .when(voided({ cause }))
      .then(ledger.chargeReleased({ chargeId, account, cause, holdRefusal: null, refusalCode: null }))
      .moving('void release bank_receivable:alder:usd → merchant:acct_1:usd 900');
  });

  it('rejects a void of a posted charge', () => {
    given(after([approved(), captured()]))
      .when(voided())
      .thenFails('gave back what it had captured');
  });
});
