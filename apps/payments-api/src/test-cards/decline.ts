import { cardError, type StripeError } from '../protocol/stripe-error.js';
import type { PaymentInstrument } from './instrument.js';

/** What a request is told of a card that was declined. */
export interface CardDecline {
  readonly code: string;
  readonly message: string;
  /** The part of the card that is wrong. */
  readonly param?: 'cvc' | 'exp_month';
}

/** Stripe's code and message for each decline code of a bank. Any other code becomes `generic_decline`. */
export const declines: Readonly<Record<string, CardDecline>> = {
  generic_decline: { code: 'card_declined', message: 'Your card was declined.' },
  insufficient_funds: { code: 'card_declined', message: 'Your card has insufficient funds.' },
  lost_card: { code: 'card_declined', message: 'Your card was declined.' },
  stolen_card: { code: 'card_declined', message: 'Your card was declined.' },
  card_velocity_exceeded: {
    code: 'card_declined',
    message: 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  },
  fraudulent: { code: 'card_declined', message: 'Your card was declined.' },
  authentication_required: {
    code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  expired_card: { code: 'expired_card', message: 'Your card has expired.', param: 'exp_month' },
  incorrect_cvc: { code: 'incorrect_cvc', message: "Your card's security code is incorrect.", param: 'cvc' },
  processing_error: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
};

/** Cards that a customer can have, and that are declined when they are charged; a bare charge cannot be authenticated. */
const attaching = new Set(['approve', 'attaches_then_fails', 'authentication_required', 'fraudulent']);

/** Stripe asks the card's bank before it saves a card for a customer: the refusal, if there is one. */
export function declineOfSaving({ card, cvcCheck }: PaymentInstrument): StripeError | undefined {
  const { behavior } = card;
  if (attaching.has(behavior) || (behavior === 'incorrect_cvc' && cvcCheck === null)) return undefined;
  const decline = declines[behavior] ?? declines['generic_decline']!;
  return cardError({ ...decline, decline_code: behavior });
}
