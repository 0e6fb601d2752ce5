import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';
import type { BalanceTransaction } from './balance-transaction.js';

/** Append-only: a trigger refuses UPDATE and DELETE. */
@Entity('balance_transaction')
@Check('balance_transaction_id_check', `id LIKE 'txn\\_%'`)
@Check('balance_transaction_type_check', `type IN ('charge', 'refund')`)
@Check('balance_transaction_fee_minor_check', 'fee_minor >= 0')
@Check('balance_transaction_currency_check', `currency ~ '^[a-z]{3}$'`)
@Check('balance_transaction_check', `CASE type WHEN 'charge' THEN amount_minor > 0 ELSE amount_minor < 0 END`)
@Check('balance_transaction_check1', `type <> 'charge' OR source = charge_id`)
@Check(
  'balance_transaction_check2',
  `available_on <= created_at OR available_on = date_trunc('day', available_on, 'UTC')`,
)
@Index('balance_transaction_by_currency_and_type', ['account', 'currency', 'type', 'createdAt', 'id'], {
  where: `id <> ''`,
})
@Index('balance_transaction_xact', ['xact'])
export class BalanceTransactionEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.text) type!: BalanceTransaction['type'];
  /** Negative for a refund. */
  @Column(column.int8) amountMinor!: number;
  @Column(column.int8) feeMinor!: number;
  @Column(column.text) currency!: Currency;
  /** Id of the charge or the refund. */
  @Column(column.key) source!: string;
  @Column(column.key) chargeId!: string;
  @Column(column.instant) createdAt!: Instant;
  @Column(column.instant) availableOn!: Instant;
  @Column({
    ...column.xid8,
    default: () => 'pg_current_xact_id()',
    comment: 'The transaction that wrote it: what balances are rolled up by.',
  })
  xact!: string;
}
