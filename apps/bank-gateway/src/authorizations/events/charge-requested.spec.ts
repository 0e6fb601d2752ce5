import { describe, expect, it } from '@jest/globals';
import { bank as events, payments, type bankProtocol } from '#contracts';
import { opened } from '../../../test/operation-under-test.js';
import { banks, everyState, given, none, paidWith, terms } from '../../../test/authorization-under-test.js';

const requested = (brand: bankProtocol.Brand) => payments.chargeRequested(paidWith(brand));
const { authorizationFailed } = events;

describe('a requested charge', () => {
  it('opens an authorization at the best bank of its card’s network, and emits nothing yet', () => {
    const { state, emit } = given(none).when(requested('visa'));
    expect(state).toEqual({
      state: 'authorizing',
      terms,
      operations: [opened('authorize', 'alder')],
      cancellation: null,
    });
    expect(emit).toEqual([]);
  });

  it.each([
    ['mastercard', 'birch'],
    ['amex', 'cedar'],
    ['discover', 'dogwood'],
  ] as const)('of a %s card goes to %s', (brand, bank) => {
    const { state } = given(none).when(requested(brand));
    expect(state).toMatchObject({ operations: [{ bank, kind: 'authorize', phase: 'open', attempts: [] }] });
  });

  it.each([
    ['visa', 'alder', 'birch'],
    ['mastercard', 'birch', 'alder'],
  ] as const)('of a %s card, when %s is not available, goes to %s', (brand, first, second) => {
    const { state } = given(none, banks(first)).when(requested(brand));
    expect(state).toMatchObject({ operations: [{ bank: second }] });
  });

  it('fails at once when no bank of its network is available', () => {
    const { state, emit } = given(none, banks('cedar')).when(requested('amex'));
    expect(state).toMatchObject({ state: 'failed', bank: null, reason: 'no_bank_available', operations: [] });
    expect(emit).toEqual([
      authorizationFailed({ chargeId: 'ch_1', account: 'acct_1', bank: null, reason: 'no_bank_available' }),
    ]);
  });

  it.each(everyState.filter(({ state }) => state !== 'none'))('changes nothing when it is $state', (state) => {
    expect(given(state).when(requested('visa'))).toMatchObject({ state, emit: [], changed: false });
  });
});
