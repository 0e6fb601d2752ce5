import type { Sabotage } from '../sabotage.js';

/** Wrong answers to clients; the money itself is right. */
export const answers: readonly Sabotage[] = [
  {
    name: 'failed-charge-told-as-200',
    says: 'a failed charge is answered with 200 and the charge instead of 402',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/answers/charge-answer.ts',
        find: "  if (charge.state === 'failed') return failed(",
        replace: "  if (charge.state === 'failed' && expand.includes('failure')) return failed(",
      },
    ],
  },
  {
    name: 'older-version-settled-as-newest',
    says: 'the instance that settles a charge answers its request in the newest version of the API, whichever the request asked for',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/keyed-answers/answers-due.ts',
        find: 'answerInVersion(newest, rendering.apiVersion)',
        replace: "answerInVersion(newest, '')",
      },
    ],
  },
  {
    name: 'replay-not-told',
    says: 'a replayed answer lacks the header `idempotent-replayed`',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/http/result-reply.http.ts',
        find: "    ...(originalRequestId !== request.api.requestId && { 'idempotent-replayed': 'true' }),\n",
        replace: '',
      },
    ],
  },
  {
    name: 'decline-names-no-part-of-the-card',
    says: 'a decline for a security code or a date does not say which part of the card is wrong',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/answers/charge-answer.ts',
        find: '      param,\n',
        replace: '',
      },
      {
        file: 'apps/payments-api/src/charges/answers/charge-answer.ts',
        find: 'declineCode, message, param }',
        replace: 'declineCode, message }',
      },
    ],
  },
  {
    name: 'rest-of-a-capture-without-refund',
    says: 'what a partial capture leaves of an authorization is no refund, so that no list shows it',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/uncaptured-rest.ts',
        find: 'if (restMinor <= 0) return undefined;',
        replace: 'if (restMinor <= 0 || !isLapse) return undefined;',
      },
    ],
  },
  {
    name: 'lapse-told-as-a-wish',
    says: 'the refund of an authorization that lapsed has no reason, as if its merchant had given it back',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/charge/uncaptured-rest.ts',
        find: "isLapse ? 'expired_uncaptured_charge' : null",
        replace: 'null',
      },
    ],
  },
  {
    name: 'refund-reason-lost',
    says: 'a refund is opened without the requested `reason`',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/requests/create-refund.ts',
        find: 'reason: request.reason,',
        replace: 'reason: null,',
      },
    ],
  },
];
