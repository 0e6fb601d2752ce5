import { describe, expect, it } from '@jest/globals';
import { bank } from '#contracts';
import { usd } from '#money';
import { account, chargeId } from '../../test/charge.js';
import { decide, given } from '../../test/given.js';
import type { Strays } from './stray.js';

const none: Strays = { chargeId, moves: [] };
const reversed = (movement: bank.StrayReversed['movement']) =>
  bank.strayReversed({
    chargeId,
    account,
    bank: 'cedar',
    bankId: 'cedar_7',
    movement,
    amount: usd(900),
    reversalBankId: 'cedar_8',
  });

describe('when a bank reversed a stray, the ledger', () => {
  it('posts a capture and its reversal through suspense', () => {
    given(none)
      .when(reversed('capture'))
      .thenEmitsNothing()
      .moving(
        'single stray:cedar_7 bank_receivable:cedar:usd → suspense:cedar:usd 900',
        'single stray_undone:cedar_7 suspense:cedar:usd → bank_receivable:cedar:usd 900',
      );
  });

  it('posts a refund with the sides swapped', () => {
    given(none)
      .when(reversed('refund'))
      .thenEmitsNothing()
      .moving(
        'single stray:cedar_7 suspense:cedar:usd → bank_receivable:cedar:usd 900',
        'single stray_undone:cedar_7 bank_receivable:cedar:usd → suspense:cedar:usd 900',
      );
  });

  it('stores the bank id of each', () => {
    expect(decide(none, reversed('capture')).state.moves.map(({ bankId }) => bankId)).toEqual(['cedar_7', 'cedar_8']);
  });

  it('posts nothing for an authorization, which moved no money', () => {
    given(none).when(reversed('authorization')).thenNothing();
  });
});
