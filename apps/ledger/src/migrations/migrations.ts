import { CreateLedger1764000000001 } from './0001-create-ledger.migration.js';
import { AddRefunds1764000000002 } from './0002-add-refunds.migration.js';
import { Reconciliation1764000000003 } from './0003-reconciliation.migration.js';
import { DifferencesOfACharge1764000000004 } from './0004-differences-of-a-charge.migration.js';
import { RefundsBoundedByOwner1764000000005 } from './0005-refunds-bounded-by-owner.migration.js';

/** In order of execution. */
export const migrations = [
  CreateLedger1764000000001,
  AddRefunds1764000000002,
  Reconciliation1764000000003,
  DifferencesOfACharge1764000000004,
  RefundsBoundedByOwner1764000000005,
];
