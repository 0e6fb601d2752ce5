import { Payments1700000000001 } from './0001-payments.migration.js';
import { Saga1700000000002 } from './0002-saga.migration.js';

/** In the order in which they run. */
export const migrations = [Payments1700000000001, Saga1700000000002];
