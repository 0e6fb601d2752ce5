import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';

@Entity('statement_cursor', {
  comment: 'How far each bank’s statement has been published. To publish one anew: DELETE its row.',
})
@Check('statement_cursor_seq_check', 'seq >= 0')
@Check('statement_cursor_check', '(bank_id IS NULL) = (seq = 0)')
export class StatementCursorEntity {
  @PrimaryColumn(column.key) bank!: bankProtocol.BankName;
  @Column(column.int8) seq!: number;
  @Column(column.optional(column.text)) bankId!: string | null;
  @Column(column.instant) asOf!: Instant;
  @Column(column.now) publishedAt!: Instant;
}
