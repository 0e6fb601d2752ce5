import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';

/** Up to which entry each bank's statement has been compared with the books. */
@Entity('compared_entries')
export class ComparedEntriesEntity {
  @PrimaryColumn(column.key) bank!: bankProtocol.BankName;
  @Column(column.int8) seq!: number;
}
