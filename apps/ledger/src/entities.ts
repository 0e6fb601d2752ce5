import type { EntityClass } from '#postgres';
import { AccountLimitEntity } from './accounts/account-limit.entity.js';
import { AccountEntity } from './accounts/account.entity.js';
import { LedgerBalanceRollupEntity } from './books/balance-rollup.entity.js';
import { RollupHorizonEntity } from './books/rollup-horizon.entity.js';
import { ComparedEntriesEntity } from './reconciliation/compared-entries.entity.js';
import { ComparedTransfersEntity } from './reconciliation/compared-transfers.entity.js';
import { ComparisonHorizonEntity } from './reconciliation/comparison-horizon.entity.js';
import { DifferenceEntity } from './reconciliation/difference.entity.js';
import { StatementEntryEntity } from './reconciliation/statement-entry.entity.js';
import { StatementPositionEntity } from './reconciliation/statement-position.entity.js';
import { SuspectEntity } from './reconciliation/suspect.entity.js';
import { LedgerRefundEntity } from './refunds/refund.entity.js';
import { HoldEntity } from './transfers/hold.entity.js';
import { TransferEntity } from './transfers/transfer.entity.js';

/** One for each table of the ledger's own. */
export const entities: readonly EntityClass[] = [
  AccountEntity,
  AccountLimitEntity,
  ComparedEntriesEntity,
  ComparedTransfersEntity,
  ComparisonHorizonEntity,
  DifferenceEntity,
  HoldEntity,
  LedgerBalanceRollupEntity,
  LedgerRefundEntity,
  RollupHorizonEntity,
  StatementEntryEntity,
  StatementPositionEntity,
  SuspectEntity,
  TransferEntity,
];
