import type { Sabotage } from '../sabotage.js';

const chargeObject = 'apps/payments-api/src/charges/answers/charge-object.ts';
const refundObject = 'apps/payments-api/src/charges/answers/refund-object.ts';
const details = 'apps/payments-api/src/charges/parameters/charge-details.ts';
const metadata = 'apps/payments-api/src/protocol/metadata.ts';

/** Fields of answers and errors that no money depends on. */
export const fields: readonly Sabotage[] = [
  {
    name: 'missing-object-told-of-another-parameter',
    says: 'the error for a missing object names a parameter that does not exist',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/protocol/stripe-error.ts',
        find: "{ code: 'resource_missing', param, status }",
        replace: "{ code: 'resource_missing', param: `${param}s`, status }",
      },
    ],
  },
  {
    name: 'unknown-parameter-told-as-missing',
    says: 'an unknown parameter is refused with the code of a missing one',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/protocol/parameter-errors.ts',
        find: "code: 'parameter_unknown',",
        replace: "code: 'parameter_missing',",
      },
    ],
  },
  {
    name: 'risk-of-a-card-not-shown',
    says: 'a charge of a risky card is shown at normal risk',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: "const { riskLevel = 'normal' } = charge.opening.instrument;",
        replace: "const riskLevel = charge.opening.id === '' ? 'highest' : 'normal';",
      },
    ],
  },
  {
    name: 'bypassed-money-waits',
    says: 'money of a card that bypasses the pending balance waits as any other does',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/account-posting.ts',
        find: 'availableOn: bypasses ? postedAt : availableOn',
        replace: 'availableOn: bypasses && postedAt === 0 ? postedAt : availableOn',
      },
    ],
  },
  {
    name: 'expand-ignored',
    says: 'a charge is answered with the id of its balance transaction, although the request expands it',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: "if (!expands(expand, 'balance_transaction')) return",
        replace: "if (!expands(expand, 'balance')) return",
      },
    ],
  },
  {
    name: 'capture-deadline-a-day-late',
    says: '`capture_before` shows a day more than the authorization is held',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: 'hold.authorizedAt + HELD_FOR_MS)',
        replace: 'hold.authorizedAt + HELD_FOR_MS + 86_400_000)',
      },
    ],
  },
  {
    name: 'declined-charge-shown-as-approved',
    says: 'the outcome of a failed charge says that the network approved it',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: "network_status: failure?.outcome.networkStatus ?? 'approved_by_network',",
        replace: "network_status: 'approved_by_network',",
      },
    ],
  },
  {
    name: 'decline-message-of-another',
    says: 'a decline for insufficient funds is told with the message of a plain decline',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/test-cards/decline.ts',
        find: "message: 'Your card has insufficient funds.'",
        replace: "message: 'Your card was declined.'",
      },
    ],
  },
  {
    name: 'failure-code-of-the-bank',
    says: 'a failed charge shows the bank’s decline code as its failure code',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: 'failure_code: failure?.code ?? null,',
        replace: 'failure_code: failure?.declineCode ?? null,',
      },
    ],
  },
  {
    name: 'descriptor-taken-from-the-description',
    says: 'a charge without a statement descriptor shows its description as one',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: 'statement_descriptor: descriptor.whole,',
        replace: 'statement_descriptor: descriptor.whole ?? details.description,',
      },
    ],
  },
  {
    name: 'captured-amount-shown-as-authorized',
    says: 'a partial capture lowers the amount that a charge shows as authorized',
    breaks: ['A17'],
    edits: [
      {
        file: chargeObject,
        find: 'amount_authorized: opening.amount.amountMinor,',
        replace:
          "amount_authorized: charge.state === 'succeeded' ? charge.ending.amount.amountMinor : opening.amount.amountMinor,",
      },
    ],
  },
  {
    name: 'cancellation-shown-on-the-statement',
    says: 'the cancellation of an authorization is shown as a refund on the card’s statement',
    breaks: ['A17'],
    edits: [{ file: refundObject, find: "return of === 'authorization'", replace: "return of !== 'authorization'" }],
  },
  {
    name: 'refund-to-another-card',
    says: 'a refund shows a card of its own instead of its charge’s',
    breaks: ['A17'],
    edits: [
      {
        file: refundObject,
        find: '?? cardIdOf(chargeId),',
        replace: '?? cardIdOf(opening.id),',
      },
    ],
  },
  {
    name: 'receipt-email-lost',
    says: 'the address for a charge’s receipt is accepted and not saved',
    breaks: ['A17'],
    edits: [
      {
        file: details,
        find: '...(receipt_email !== undefined && { receiptEmail: receipt_email }),',
        replace: '...(receipt_email === null && { receiptEmail: receipt_email }),',
      },
    ],
  },
  {
    name: 'description-lost',
    says: 'a charge is opened without the requested description',
    breaks: ['A17'],
    edits: [
      {
        file: details,
        find: '...changesOf(given, noDetails), metadata }',
        replace: '...changesOf(given, noDetails), description: null, metadata }',
      },
    ],
  },
  {
    name: 'metadata-never-unset',
    says: 'an empty `metadata` in an update leaves all keys as they were',
    breaks: ['A17'],
    edits: [
      { file: metadata, find: 'if (given === null) return {};', replace: 'if (given === null) return { ...before };' },
    ],
  },
  {
    name: 'created-after-includes-its-second',
    says: 'the filter `created[gt]` of a list includes the second that it excludes',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/protocol/list-parameters.ts',
        find: 'gt === undefined ? undefined : gt + 1',
        replace: 'gt',
      },
    ],
  },
];
