import { refused, type DecideIntent } from '../../charges/requests/charge-request.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { authenticated } from '../authentication/card-authentication.js';
import { shownIntent } from '../answers/intent-answer.js';
import { notAwaitingAuthentication } from '../answers/intent-errors.js';
import { changeIntent } from '../intent/payment-intent.js';
import { statusOf } from '../state/intent-status.js';
import { ownIntent } from '../state/own-intent.js';
import { openAttempt } from './confirm-intent.js';

export type AuthenticationOutcome = 'succeeded' | 'failed';

interface Completion {
  readonly intentId: string;
  readonly account: string;
  /** Of the charge that an authenticated customer pays. */
  readonly chargeId: string;
  readonly outcome: AuthenticationOutcome;
  readonly expand: readonly string[];
}

/** What comes of the customer's 3D Secure: the charge, unless the merchant confirms by hand, or another card is needed. */
export function completeAuthentication({ intentId, account, chargeId, outcome, expand }: Completion): DecideIntent {
  return (latest, now, stored) => {
    const charged = ownIntent(stored, latest, account);
    if (!charged) throw resourceMissing('payment_intent', intentId, 'intent');
    const { intent, charge } = charged;
    const { authentication, paymentMethod } = intent;
    if (statusOf(charged) !== 'requires_action' || !authentication || !paymentMethod)
      return refused(notAwaitingAuthentication(charged, now));
    if (outcome === 'failed') {
      const failedSetup = {
        code: 'payment_intent_authentication_failure',
        declineCode: null,
        message:
          'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
          'PaymentMethod to attempt to fulfill this PaymentIntent again.',
        paymentMethod,
      };
      const after = changeIntent(intent, { paymentMethod: null, authentication: null, failedSetup });
      return { events: [], emit: [], intent: after, answer: shownIntent({ intent: after, charge }, expand, now) };
    }
    if (intent.confirmationMethod === 'manual') {
      const after = changeIntent(intent, { authentication: { ...authentication, state: 'succeeded' } });
      return { events: [], emit: [], intent: after, answer: shownIntent({ intent: after, charge }, expand, now) };
    }
    const instrument = authenticated(paymentMethod.instrument, { byHolder: true });
    return openAttempt(intent, { ...paymentMethod, instrument }, chargeId, now);
  };
}
