import type { ApiVersion } from '../api-version.js';
import { orderOfCharge } from './2022-08-01-order-of-charge.js';
import { chargesOfIntent } from './2022-11-15-charges-of-intent.js';
import { refundsOfCharge } from './2022-11-15-refunds-of-charge.js';
import { disputeOfCharge } from './2023-08-16-dispute-of-charge.js';
import { invoiceOfPayments } from './2025-03-31-invoice.js';
import type { VersionChange } from './version-change.js';

/** The newest first: the way from the newest version down. Versions of one form compare as text. */
export const versionChanges: readonly VersionChange[] = [
  invoiceOfPayments,
  disputeOfCharge,
  chargesOfIntent,
  refundsOfCharge,
  orderOfCharge,
];

/** Those that a version does not have yet. */
export const changesAfter = (version: ApiVersion): readonly VersionChange[] =>
  versionChanges.filter((change) => change.version > version);
