import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol, HoldRefusal, ReleaseCause } from '#contracts';
import type { Currency } from '#money';
import { column } from '#postgres';

/** The hold of one charge. Columns that its state does not have are null. */
@Entity('hold')
@Check('hold_state_check', `state IN ('pending', 'posted', 'refused', 'released', 'unmatched')`)
@Check('hold_capture_check', `capture IN ('automatic', 'manual')`)
@Check('hold_stray_minor_check', 'stray_minor > 0')
@Check(
  'hold_check',
  `state NOT IN ('pending', 'posted', 'refused') OR amount_minor > 0 AND currency IS NOT NULL AND capture IS NOT NULL`,
)
@Check('hold_check1', `state <> 'pending' OR placed_at IS NOT NULL`)
@Check('hold_check2', `(state = 'posted') = (fee_minor IS NOT NULL AND posted_at IS NOT NULL)`)
@Check('hold_check3', `state <> 'posted' OR posted_minor > 0 AND posted_minor <= amount_minor`)
@Check('hold_check4', `state <> 'refused' OR refusal IS NOT NULL`)
@Check('hold_check5', `(state = 'released') = (cause IS NOT NULL)`)
@Check('hold_check6', `stray_minor IS NULL OR state IN ('refused', 'released', 'unmatched') AND currency IS NOT NULL`)
@Check('hold_check7', `state <> 'unmatched' OR stray_minor IS NOT NULL`)
@Check('hold_check8', 'bank_capture_id IS NULL OR stray_minor IS NOT NULL')
@Check('hold_check9', `compensated_by IS NULL OR stray_minor IS NOT NULL AND state IN ('refused', 'released')`)
@Index('hold_open', { synchronize: false })
export class HoldEntity {
  @PrimaryColumn(column.key) chargeId!: string;
  @Column(column.text) state!: 'pending' | 'posted' | 'refused' | 'released' | 'unmatched';
  @Column(column.key) account!: string;
  @Column(column.text) bank!: bankProtocol.BankName;
  @Column(column.optional(column.text)) currency!: Currency | null;
  @Column(column.optional(column.int8)) amountMinor!: number | null;
  @Column(column.optional(column.text)) capture!: 'automatic' | 'manual' | null;
  @Column(column.optional(column.instant)) placedAt!: Instant | null;
  @Column(column.optional(column.int8)) postedMinor!: number | null;
  @Column(column.optional(column.int8)) feeMinor!: number | null;
  @Column(column.optional(column.instant)) postedAt!: Instant | null;
  @Column(column.optional(column.text)) refusal!: HoldRefusal | null;
  @Column(column.optional(column.text)) cause!: ReleaseCause | null;
  @Column(column.optional(column.text)) refusalCode!: string | null;
  @Column({
    ...column.optional(column.int8),
    comment: 'What the bank captured and the books have no open hold for.',
  })
  strayMinor!: number | null;
  @Column(column.optional(column.text)) traceparent!: string | null;
  @Column(column.now) changedAt!: Instant;
  @Column(column.optional(column.text)) bankCaptureId!: string | null;
  @Column({
    ...column.optional(column.text),
    comment: `The bank's own id of the refund that took it out of suspense again.`,
  })
  compensatedBy!: string | null;
}
