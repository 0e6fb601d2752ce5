import { describe, expect, it } from '@jest/globals';
import { ledger } from '#contracts';
import { authorized, everyState, given, voiding } from '../../../test/authorization-under-test.js';

const refused = ledger.holdRefused({ chargeId: 'ch_1', account: 'acct_1', reason: 'account_frozen' });

describe('a refused hold', () => {
  it('takes the closing slot for a void at the bank that authorized', () => {
    const { state, emit } = given(authorized).when(refused);
    expect(state).toEqual(voiding);
    expect(emit).toEqual([]);
  });

  it.each(everyState.filter(({ state }) => state !== 'authorized'))(
    'changes nothing when the authorization is $state',
    (state) => {
      expect(given(state).when(refused)).toMatchObject({ state, emit: [], changed: false });
    },
  );
});
