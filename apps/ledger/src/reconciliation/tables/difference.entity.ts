import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol, Movement } from '#contracts';
import { column } from '#postgres';
import type { DifferenceKind } from '../difference.js';

/** An open or resolved difference. */
@Entity('difference')
@Check('difference_kind_check', `kind IN ('unknown_to_ledger', 'unknown_to_bank', 'undone_at_bank', 'amount_differs')`)
@Check('difference_check', '(resolved_at IS NULL) = (resolution IS NULL)')
@Index('difference_open', ['chargeId', 'bank'], { where: 'resolved_at IS NULL' })
@Index('difference_charge', ['chargeId'])
export class DifferenceEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.text) kind!: DifferenceKind;
  @Column(column.key) bank!: bankProtocol.BankName;
  @Column(column.text) movement!: Movement;
  @Column(column.key) chargeId!: string;
  @Column(column.text) account!: string;
  @Column(column.text) bankId!: string;
  @Column(column.optional(column.text)) reference!: string | null;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: string;
  @Column(column.now) foundAt!: Instant;
  @Column({ type: 'int4', name: 'times_said', default: 0 }) timesReported!: number;
  @Column({ ...column.instant, name: 'say_at' }) reportAgainFrom!: Instant;
  @Column(column.optional(column.instant)) resolvedAt!: Instant | null;
  @Column(column.optional(column.text)) resolution!: string | null;
}
