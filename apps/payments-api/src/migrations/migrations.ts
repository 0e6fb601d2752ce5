import { Payments1700000000001 } from './0001-payments.migration.js';
import { Saga1700000000002 } from './0002-saga.migration.js';
import { Balance1700000000003 } from './0003-balance.migration.js';
import { ListIndexes1700000000004 } from './0004-list-indexes.migration.js';
import { RefundTotals1700000000005 } from './0005-refund-totals.migration.js';
import { Customers1700000000006 } from './0006-customers.migration.js';
import { PaymentIntents1700000000007 } from './0007-payment-intents.migration.js';
import { StripeEvents1700000000008 } from './0008-stripe-events.migration.js';

/** In the order in which they run. */
export const migrations = [
  Payments1700000000001,
  Saga1700000000002,
  Balance1700000000003,
  ListIndexes1700000000004,
  RefundTotals1700000000005,
  Customers1700000000006,
  PaymentIntents1700000000007,
  StripeEvents1700000000008,
];
