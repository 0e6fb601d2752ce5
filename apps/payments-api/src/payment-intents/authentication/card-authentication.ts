import type { PaymentInstrument } from '../../test-cards/instrument.js';

export interface PaymentSituation {
  /** The customer is not there to be asked. */
  readonly isOffSession: boolean;
  /** The card was saved for payments off session, and its holder has authenticated then. */
  readonly isSetUp: boolean;
  /** The merchant asks for 3D Secure. */
  readonly isRequested: boolean;
}

/** Whether the holder of a card must authenticate a payment. */
export function mustAuthenticate(
  { authentication }: PaymentInstrument,
  { isOffSession, isSetUp, isRequested }: PaymentSituation,
): boolean {
  switch (authentication?.isAsked) {
    case undefined:
      return false;
    case 'always':
      return true;
    case 'unless_set_up':
      return !(isOffSession && isSetUp);
    case 'on_session':
      return !isOffSession;
    case 'on_request':
      return isRequested && !isOffSession;
  }
}

/** The card as it pays once its holder has authenticated, or need not. */
export function authenticated(instrument: PaymentInstrument, { byHolder }: { byHolder: boolean }): PaymentInstrument {
  const { authentication, card } = instrument;
  if (!authentication) return instrument;
  return {
    ...instrument,
    card: { ...card, behavior: authentication.afterwards },
    ...(byHolder && { isAuthenticated: true as const }),
  };
}
