import { CreateLedger1764000000001 } from './0001-create-ledger.migration.js';
import { AddRefunds1764000000002 } from './0002-add-refunds.migration.js';

/** In their order. */
export const migrations = [CreateLedger1764000000001, AddRefunds1764000000002];
