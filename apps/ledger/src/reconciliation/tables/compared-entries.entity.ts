import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';

/** The position of the comparison in each bank's statement. */
@Entity('compared_entries')
export class ComparedEntriesEntity {
  @PrimaryColumn(column.key) bank!: bankProtocol.BankName;
  @Column(column.int8) seq!: number;
}
