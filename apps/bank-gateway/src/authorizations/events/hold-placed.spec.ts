import { describe, expect, it } from '@jest/globals';
import { ledger } from '#contracts';
import { usd } from '#money';
import { opened } from '../../../test/operation-under-test.js';
import { authorized, capturing, everyState, given } from '../../../test/authorization-under-test.js';

const placed = (capture: 'automatic' | 'manual') =>
  ledger.holdPlaced({ chargeId: 'ch_1', account: 'acct_1', amount: usd(1_000), capture });

describe('a placed hold', () => {
  it('takes the closing slot for a capture at the bank that authorized', () => {
    const { state, emit } = given(authorized).when(placed('automatic'));
    expect(state).toEqual(capturing);
    expect(state).toMatchObject({ operations: [{}, opened('capture', 'alder')] });
    expect(emit).toEqual([]);
  });

  it('of a manual capture waits for the merchant’s capture', () => {
    expect(given(authorized).when(placed('manual'))).toMatchObject({ state: authorized, changed: false });
  });

  it.each(everyState.filter(({ state }) => state !== 'authorized'))(
    'changes nothing when the authorization is $state',
    (state) => {
      expect(given(state).when(placed('automatic'))).toMatchObject({ state, emit: [], changed: false });
    },
  );
});
