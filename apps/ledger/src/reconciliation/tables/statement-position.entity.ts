import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';

/** The stored part of each bank's statement. */
@Entity('statement_position')
export class StatementPositionEntity {
  @PrimaryColumn(column.key) bank!: bankProtocol.BankName;
  @Column({ ...column.int8, default: 0 }) through!: number;
  @Column(column.optional(column.instant)) completeAt!: Instant | null;
  @Column(column.optional(column.int8)) missingUntil!: number | null;
  @Column(column.now) changedAt!: Instant;
}
