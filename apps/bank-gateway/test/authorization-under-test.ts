import type { Card, NewEvent, bankProtocol } from '#contracts';
import { usd } from '#money';
import type { Decision } from '#saga';
import { stepOn } from './handlers.js';
import { operation, opened, alder, everyBank, yes } from './operation-under-test.js';
import { openRefund } from '../src/authorizations/authorization/operation.js';
import { refundReference } from '../src/authorizations/authorization/reference.js';
import type { Authorization, ChargeTerms } from '../src/authorizations/authorization/authorization-state.js';
import type { BankView } from '../src/authorizations/authorization/routing.js';

export const card: Card = {
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2030,
  fingerprint: 'fp_1',
  behavior: 'approve',
};
export const terms: ChargeTerms = {
  chargeId: 'ch_1',
  account: 'acct_1',
  amount: usd(1_000),
  capture: 'automatic',
  card,
  fault: null,
};
export const paidWith = (brand: bankProtocol.Brand): ChargeTerms => ({ ...terms, card: { ...card, brand } });

/** All four banks, of which the named ones are not available. */
export const banks = (...unavailable: readonly bankProtocol.BankName[]): BankView[] =>
  everyBank.map((profile) => ({
    profile,
    isAvailableTo: () => !unavailable.includes(profile.name),
  }));

type State<Name extends Authorization['state']> = Extract<Authorization, { state: Name }>;

const approvedByAlder = operation('authorize', alder, yes.authorize);
const granted = { terms, bank: 'alder', bankAuthorizationId: 'au_1' } as const;

/** A charge of ten dollars at alder, in each state. */
export const none: State<'none'> = { state: 'none' };
export const authorizing: State<'authorizing'> = {
  state: 'authorizing',
  terms,
  operations: [opened('authorize', 'alder')],
  cancellation: null,
};
export const authorized: State<'authorized'> = {
  state: 'authorized',
  ...granted,
  operations: [approvedByAlder],
};
export const capturing: State<'capturing'> = {
  state: 'capturing',
  ...granted,
  operations: [approvedByAlder, opened('capture', 'alder')],
  cancellation: null,
};
export const captured: State<'captured'> = {
  state: 'captured',
  ...granted,
  bankCaptureId: 'cp_1',
  operations: [approvedByAlder, operation('capture', alder, yes.capture)],
  cancellation: null,
};
/** Captured, with live refunds of three dollars each. */
export const refunding = (...refundIds: readonly string[]): State<'captured'> => ({
  ...captured,
  operations: [...captured.operations, ...refundIds.map((id) => openRefund(refundReference('ch_1', id), 'alder', 300))],
});
export const voiding: State<'voiding'> = {
  state: 'voiding',
  ...granted,
  cause: 'hold_refused',
  refusalCode: null,
  operations: [approvedByAlder, opened('void', 'alder')],
};
export const voided: State<'voided'> = {
  ...voiding,
  state: 'voided',
  operations: [approvedByAlder, operation('void', alder, yes.void)],
};
export const everyState: readonly Authorization[] = [
  none,
  authorizing,
  authorized,
  capturing,
  captured,
  voiding,
  voided,
];

/** The same charge with manual capture. */
export const manual = <S extends { readonly terms: ChargeTerms }>(state: S): S => ({
  ...state,
  terms: { ...state.terms, capture: 'manual' },
});

/** `given(state).when(event)` returns the handler's decision. */
export function given(state: Authorization, available = banks()) {
  return {
    when: (event: NewEvent): Decision<Authorization> =>
      stepOn(event).decide(state, event.data, 0, available) as Decision<Authorization>,
  };
}
