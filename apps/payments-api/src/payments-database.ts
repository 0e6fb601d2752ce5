import type { ServiceDatabase } from '#postgres';
import { migrations } from './migrations/migrations.js';

/** Events, balance transactions and answers are written once. Keys and answers are deleted when they have expired. */
export const paymentsDatabase: ServiceDatabase = {
  name: 'payments',
  migrations,
  rights: {
    service: {
      // Operators make and revoke keys.
      api_key: ['SELECT'],
      balance_change: ['SELECT'],
      balance_rollup: ['SELECT', 'INSERT', 'UPDATE'],
      balance_rollup_horizon: ['SELECT', 'UPDATE'],
      balance_transaction: ['SELECT', 'INSERT'],
      charge: ['SELECT', 'INSERT', 'UPDATE'],
      charge_event: ['SELECT', 'INSERT'],
      customer: ['SELECT', 'INSERT', 'UPDATE'],
      idempotency_answer: ['SELECT', 'INSERT', 'DELETE'],
      idempotency_key: ['SELECT', 'INSERT', 'DELETE'],
      payment_intent: ['SELECT', 'INSERT', 'UPDATE'],
      payment_method: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      refund: ['SELECT', 'INSERT', 'UPDATE'],
      stripe_event: ['SELECT', 'INSERT', 'DELETE'],
      test_clock: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      token: ['SELECT', 'INSERT', 'UPDATE'],
      webhook_delivery: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      webhook_endpoint: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    },
    // `holdfast key` and `holdfast verify`.
    operators: {
      api_key: ['SELECT', 'INSERT', 'UPDATE'],
      balance_transaction: ['SELECT'],
      charge: ['SELECT'],
      charge_event: ['SELECT'],
      idempotency_answer: ['SELECT'],
      idempotency_key: ['SELECT'],
      refund: ['SELECT'],
      stripe_event: ['SELECT'],
    },
  },
};
