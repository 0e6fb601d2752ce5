import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';

@Entity('suspect', {
  comment: 'Charges that a quick look did not clear; they go when bank and books agree about them.',
})
@Index('suspect_due', ['lookAt'])
export class SuspectEntity {
  @PrimaryColumn(column.key) chargeId!: string;
  @PrimaryColumn(column.key) bank!: bankProtocol.BankName;
  @Column(column.now) since!: Instant;
  @Column(column.now) lookAt!: Instant;
}
