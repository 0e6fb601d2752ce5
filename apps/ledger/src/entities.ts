import type { EntityClass } from '#postgres';
import { AccountLimitEntity } from './accounts/account-limit.entity.js';
import { AccountEntity } from './accounts/account.entity.js';
import { LedgerBalanceRollupEntity } from './books/balance-rollup.entity.js';
import { RollupHorizonEntity } from './books/rollup-horizon.entity.js';
import { ComparedEntriesEntity } from './reconciliation/tables/compared-entries.entity.js';
import { ComparedTransfersEntity } from './reconciliation/tables/compared-transfers.entity.js';
import { ComparisonHorizonEntity } from './reconciliation/tables/comparison-horizon.entity.js';
import { DifferenceEntity } from './reconciliation/tables/difference.entity.js';
import { StatementEntryEntity } from './reconciliation/tables/statement-entry.entity.js';
import { StatementPositionEntity } from './reconciliation/tables/statement-position.entity.js';
import { SuspectEntity } from './reconciliation/tables/suspect.entity.js';
import { LedgerRefundEntity } from './refunds/refund.entity.js';
import { HoldEntity } from './holds/hold.entity.js';
import { TransferEntity } from './transfers/transfer.entity.js';

/** One entity per table of the ledger. */
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
