import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { column } from '#postgres';

/** One row: transfers with a lower transaction id have been compared. */
@Entity('compared_transfers')
@Check('compared_transfers_only_one_check', 'only_one')
export class ComparedTransfersEntity {
  @PrimaryColumn({ type: 'boolean', default: true }) onlyOne!: true;
  @Column(column.xid8) xact!: string;
}
