import type { Sabotage } from '../sabotage.js';

const deliverer = 'apps/payments-api/src/webhooks/delivery/deliverer.ts';

/** Events and their deliveries. */
export const webhooks: readonly Sabotage[] = [
  {
    name: 'event-not-written',
    says: 'a change that a request decides has no event',
    breaks: ['A12'],
    edits: [
      {
        file: 'apps/payments-api/src/charges/store/charge.repository.ts',
        find: '    this.enqueueEvents(tx, changing);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'refused-webhook-counts-as-delivered',
    says: 'a webhook that its receiver refuses with a 500 counts as delivered',
    breaks: ['A12'],
    edits: [{ file: deliverer, find: 'answer.status < 300', replace: 'answer.status < 600' }],
  },
  {
    name: 'webhook-signed-without-its-time',
    says: 'the signature of a webhook covers the body alone',
    breaks: ['A12'],
    edits: [
      {
        file: 'apps/payments-api/src/webhooks/delivery/signature.ts',
        find: '.update(`${seconds}.${body}`)',
        replace: '.update(body)',
      },
    ],
  },
  {
    name: 'webhook-never-retried',
    says: 'a delivery is given up after its first attempt',
    breaks: ['A12'],
    edits: [
      {
        file: 'apps/payments-api/src/webhooks/delivery/delivery-schedule.ts',
        find: 'export const ATTEMPTS_MAX = 19;',
        replace: 'export const ATTEMPTS_MAX = 1;',
      },
    ],
  },
  {
    name: 'event-delivered-to-every-account',
    says: 'an event is delivered to the endpoints of every account',
    breaks: ['A12'],
    edits: [
      {
        file: 'apps/payments-api/src/stripe-events/stripe-event.repository.ts',
        find: 'WHERE webhook_endpoint.account = raised.account AND',
        replace: 'WHERE',
      },
    ],
  },
];
