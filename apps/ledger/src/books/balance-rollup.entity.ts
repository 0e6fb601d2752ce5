import { Column, Entity, PrimaryColumn } from 'typeorm';
import { column } from '#postgres';

/** Sums of an account's transfers up to the horizon, in minor units. Numeric columns are text here. */
@Entity('balance_rollup')
export class LedgerBalanceRollupEntity {
  @PrimaryColumn(column.key) account!: string;
  @Column('numeric') debitsPostedMinor!: string;
  @Column('numeric') creditsPostedMinor!: string;
  @Column('numeric') debitsPendingMinor!: string;
  @Column('numeric') creditsPendingMinor!: string;
}
