import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';

/** Sums of balance transactions up to the horizon, by the day on which they become available. */
@Entity('balance_rollup')
@Check('balance_rollup_entries_check', 'entries > 0')
export class BalanceRollupEntity {
  @PrimaryColumn(column.key) account!: string;
  @PrimaryColumn(column.text) currency!: Currency;
  @PrimaryColumn(column.instant) availableDay!: Instant;
  @Column(column.int8) netMinor!: number;
  @Column(column.int8) entries!: number;
}
