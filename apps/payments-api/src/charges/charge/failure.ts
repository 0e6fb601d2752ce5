import { declines } from '../../test-cards/decline.js';
import type { FailedOutcome } from './charge.js';

/** What the merchant is told of a failed charge: in the 402, and in the charge object from then on. */
export interface Failure {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  /** The part of the card that is wrong. */
  readonly param?: 'cvc' | 'exp_month';
  readonly outcome: {
    readonly type: 'issuer_declined' | 'blocked' | 'invalid';
    readonly networkStatus: 'declined_by_network' | 'not_sent_to_network' | 'reversed_after_approval';
    readonly reason: string;
    readonly sellerMessage: string;
  };
}

const processing = declines['processing_error']!;

const failedBecause: Readonly<Record<string, string>> = {
  no_bank_available: 'No bank of this card network could be asked.',
  not_processed: 'The bank did not process the payment.',
  reversed_out_of_doubt: 'The bank did not answer in time, and the payment was reversed.',
};

/** Maps every failed outcome to Stripe's codes and messages. */
export function failureOf(ending: FailedOutcome): Failure {
  switch (ending.type) {
    case 'declined':
      return declinedByBank(ending.code, 'The bank did not accept the payment.');
    case 'failed':
      return {
        ...processing,
        declineCode: 'processing_error',
        outcome: {
          type: 'invalid',
          networkStatus: ending.reason === 'reversed_out_of_doubt' ? 'reversed_after_approval' : 'not_sent_to_network',
          reason: ending.reason,
          sellerMessage: failedBecause[ending.reason] ?? 'The payment could not be processed.',
        },
      };
    case 'released':
      if (ending.cause !== 'capture_failed') return refusedByLedger(ending.holdRefusal ?? 'fault_token');
      return ending.refusalCode === 'malformed'
        ? captureUnreadable
        : declinedByBank(ending.refusalCode ?? 'generic_decline', 'The bank refused to capture the payment.');
  }
}

/** The bank could not parse the request; the card was not declined. */
const captureUnreadable: Failure = {
  ...processing,
  declineCode: 'processing_error',
  outcome: {
    type: 'invalid',
    networkStatus: 'reversed_after_approval',
    reason: 'malformed',
    sellerMessage: 'The bank could not read the capture; the authorization was given back.',
  },
};

/** Stripe's own refusal, by its default rules. */
const blockedAsFraud: Failure = {
  ...declines['fraudulent']!,
  declineCode: 'fraudulent',
  outcome: {
    type: 'blocked',
    networkStatus: 'not_sent_to_network',
    reason: 'highest_risk_level',
    sellerMessage: 'Stripe blocked this payment as too risky.',
  },
};

function declinedByBank(bankCode: string, sellerMessage: string): Failure {
  const declineCode = Object.hasOwn(declines, bankCode) ? bankCode : 'generic_decline';
  if (declineCode === 'fraudulent') return blockedAsFraud;
  return {
    ...declines[declineCode]!,
    declineCode,
    outcome: { type: 'issuer_declined', networkStatus: 'declined_by_network', reason: bankCode, sellerMessage },
  };
}

/** Stripe's network status for an approval that is taken back is `reversed_after_approval`. */
function refusedByLedger(holdRefusal: 'account_frozen' | 'open_holds_cap' | 'fault_token'): Failure {
  const blocked = (sellerMessage: string): Failure['outcome'] => ({
    type: 'blocked',
    networkStatus: 'reversed_after_approval',
    reason: holdRefusal,
    sellerMessage,
  });
  switch (holdRefusal) {
    case 'account_frozen':
      return {
        code: 'card_declined',
        declineCode: 'generic_decline',
        message: 'Your card was declined: this account cannot take payments at the moment.',
        outcome: blocked('The account is frozen; the authorization was given back.'),
      };
    case 'open_holds_cap':
      return {
        code: 'card_declined',
        declineCode: 'generic_decline',
        message: 'Your card was declined: this account has too much waiting to be captured.',
        outcome: blocked('The account would pass its cap of open holds; the authorization was given back.'),
      };
    case 'fault_token':
      return {
        code: 'processing_error',
        declineCode: 'processing_error',
        message: 'An error occurred while processing your card: the ledger refused the hold, as its fault token asked.',
        outcome: blocked('The ledger refused the hold, as the fault token asked; the authorization was given back.'),
      };
  }
}
