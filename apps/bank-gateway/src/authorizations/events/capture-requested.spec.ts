import { describe, expect, it } from '@jest/globals';
import { payments } from '#contracts';
import { usd } from '#money';
import { authorized, everyState, given, manual } from '../../../test/authorization-under-test.js';

const requested = (amountMinor: number) =>
  payments.captureRequested({ chargeId: 'ch_1', account: 'acct_1', amount: usd(amountMinor) });

describe('a requested capture', () => {
  it.each([1_000, 1])('of %i takes the closing slot at the bank that authorized', (amountMinor) => {
    const { state, emit } = given(manual(authorized)).when(requested(amountMinor));
    expect(state).toMatchObject({
      state: 'capturing',
      operations: [{}, { kind: 'capture', bank: 'alder', reference: 'ch_1.capture', amountMinor, phase: 'open' }],
    });
    expect(emit).toEqual([]);
  });

  it('above the authorized amount is a bug of the sender', () => {
    expect(() => given(authorized).when(requested(1_001))).toThrow('more than was authorized');
  });

  it.each(everyState.filter(({ state }) => state !== 'authorized'))(
    'changes nothing when the authorization is $state',
    (state) => {
      expect(given(state).when(requested(500))).toMatchObject({ state, emit: [], changed: false });
    },
  );
});
