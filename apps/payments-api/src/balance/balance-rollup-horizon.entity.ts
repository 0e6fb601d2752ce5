import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { column } from '#postgres';

/** One row: the roll-up holds balance transactions whose transaction id is below the horizon. */
@Entity('balance_rollup_horizon')
@Check('balance_rollup_horizon_only_one_check', 'only_one')
export class BalanceRollupHorizonEntity {
  @PrimaryColumn({ type: 'boolean', default: true }) onlyOne!: true;
  @Column(column.xid8) xact!: string;
}
