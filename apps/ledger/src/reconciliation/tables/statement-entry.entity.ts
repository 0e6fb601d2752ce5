import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';

/** One entry of a bank's statement. */
@Entity('statement_entry')
@Index('statement_entry_charge', ['chargeId'])
export class StatementEntryEntity {
  @PrimaryColumn(column.key) bank!: bankProtocol.BankName;
  @PrimaryColumn(column.int8) seq!: number;
  @Column(column.key) bankId!: string;
  @Column(column.text) kind!: string;
  @Column(column.text) reference!: string;
  @Column(column.text) account!: string;
  @Column(column.key) chargeId!: string;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: string;
  @Column(column.optional(column.key)) of!: string | null;
  @Column(column.optional(column.key)) reverses!: string | null;
  @Column(column.instant) at!: Instant;
  @Column(column.now) receivedAt!: Instant;
}
