import type { Sabotage } from '../sabotage.js';

/** What a client is told is not what happened, though the money is where it belongs. */
export const answers: readonly Sabotage[] = [
  {
    name: 'failed-charge-told-as-200',
    says: 'a charge that failed is answered with 200 and the charge, and not with 402',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/answers/answer.ts',
        find: "  if (charge.state === 'failed') return failed(",
        replace: "  if (charge.state === 'failed' && expand.includes('failure')) return failed(",
      },
    ],
  },
  {
    name: 'replay-not-told',
    says: 'an answer that is given again under its key does not say so: `idempotent-replayed` is missing',
    breaks: ['A17'],
    edits: [
      {
        file: 'apps/payments-api/src/idempotency/idempotency.interceptor.ts',
        find: "      ...(originalRequestId !== request.api.requestId && { 'idempotent-replayed': 'true' }),\n",
        replace: '',
      },
    ],
  },
  {
    name: 'refund-reason-lost',
    says: 'a refund is opened without the reason that its merchant gave for it',
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
