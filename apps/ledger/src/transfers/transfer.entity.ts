import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';

/** Append-only: triggers reject unsound rows, UPDATE and DELETE. */
@Entity('transfer')
@Check('transfer_kind_check', `kind IN ('pending', 'post', 'void', 'single')`)
@Check('transfer_amount_minor_check', 'amount_minor > 0')
@Check('transfer_check', 'debit_account <> credit_account')
@Check('transfer_check1', `(kind IN ('post', 'void')) = (resolves IS NOT NULL)`)
@Index('transfer_resolved_once', ['chargeId', 'resolves'], { unique: true, where: 'resolves IS NOT NULL' })
@Index('transfer_xact', ['xact'])
export class TransferEntity {
  @PrimaryColumn(column.key) chargeId!: string;
  @PrimaryColumn(column.key) effect!: string;
  @Column(column.text) kind!: 'pending' | 'post' | 'void' | 'single';
  @Column(column.optional(column.key)) resolves!: string | null;
  @Column(column.key) debitAccount!: string;
  @Column(column.key) creditAccount!: string;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: Currency;
  /** The id of the event that caused it. */
  @Column(column.text) cause!: string;
  @Column(column.instant) postedAt!: Instant;
  @Column({
    ...column.xid8,
    default: () => 'pg_current_xact_id()',
    comment: 'The transaction that wrote it: what balances are rolled up by.',
  })
  xact!: string;
  @Column({ ...column.optional(column.key), comment: `The bank's own id of the movement that this mirrors.` })
  bankId!: string | null;
}
