import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { column } from '#postgres';

/** One row: transfers with a lower transaction id are in the roll-up. */
@Entity('rollup_horizon')
@Check('rollup_horizon_only_one_check', 'only_one')
export class RollupHorizonEntity {
  @PrimaryColumn({ type: 'boolean', default: true }) onlyOne!: true;
  @Column(column.xid8) xact!: string;
}
