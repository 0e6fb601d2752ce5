import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol } from '#contracts';
import { column } from '#postgres';
import { AuthorizationEntity } from './authorization.entity.js';
import type {
  OperationAttempt,
  Operation,
  OperationEnd,
  OperationKind,
  StrayMovement,
} from '../authorization/operation.js';

/** An operation with all its attempts. */
@Entity('bank_operation')
@Check('bank_operation_kind_check', `kind IN ('authorize', 'capture', 'void', 'refund', 'reversal')`)
@Check('bank_operation_phase_check', `phase IN ('open', 'reversing', 'ended')`)
@Check('bank_operation_end_kind_check', `end_kind IN ('succeeded', 'refused', 'not_performed')`)
@Check('bank_operation_part_minor_check', 'part_minor > 0')
@Check('bank_operation_check', 'starts_with(reference, charge_id)')
@Check('bank_operation_check1', `(phase = 'ended') = (end_kind IS NOT NULL)`)
@Check('bank_operation_check2', `(phase = 'ended') = (due_at IS NULL)`)
@Check('bank_operation_check3', `kind <> 'capture' OR phase <> 'reversing'`)
@Check(
  'bank_operation_kind_phase_check',
  `CASE kind WHEN 'refund' THEN phase <> 'reversing' WHEN 'reversal' THEN phase <> 'open' ELSE true END`,
)
@Check('bank_operation_stray_check', `(stray IS NOT NULL) = (kind = 'reversal')`)
@Check('bank_operation_suspects_check', `suspects IS NULL OR phase <> 'ended'`)
@Index('bank_operation_one_live', ['chargeId'], {
  unique: true,
  where: `phase <> 'ended' AND kind IN ('authorize', 'capture', 'void')`,
})
@Index('bank_operation_due', ['bank', 'dueAt'], { where: 'due_at IS NOT NULL AND isolated_to IS NULL' })
@Index('bank_operation_isolated_due', ['bank', 'isolatedTo', 'dueAt'], {
  where: 'due_at IS NOT NULL AND isolated_to IS NOT NULL',
})
export class OperationEntity {
  @PrimaryColumn(column.key)
  @ForeignKey(() => AuthorizationEntity)
  chargeId!: string;
  @PrimaryColumn(column.key) reference!: string;
  @Column(column.text) bank!: bankProtocol.BankName;
  @Column(column.text) kind!: OperationKind;
  @Column(column.text) phase!: Operation['phase'];
  @Column('jsonb') attempts!: readonly OperationAttempt[];
  @Column('int4') inquiries!: number;
  @Column('int4') reversals!: number;
  /** Both on the bank's clock. */
  @Column(column.optional(column.int8)) doubtSince!: Instant | null;
  @Column(column.optional(column.int8)) troubledSince!: Instant | null;
  @Column('boolean') needsAttention!: boolean;
  @Column(column.optional(column.text)) endKind!: OperationEnd['kind'] | null;
  @Column(column.optional(column.text)) endDetail!: string | null;
  @Column('int4') version!: number;
  @Column(column.optional(column.text)) holder!: string | null;
  @Column(column.optional(column.instant)) dueAt!: Instant | null;
  @Column({ ...column.instant, default: () => 'clock_timestamp()' }) createdAt!: Instant;
  /** The amount, if it is not the authorized one. */
  @Column(column.optional(column.int8)) partMinor!: number | null;
  /** The target of a reversal. */
  @Column({ type: 'jsonb', nullable: true }) stray!: StrayMovement | null;
  /** Performances in a statement under the reference of a live operation, checked when it ends. */
  @Column({ type: 'jsonb', nullable: true }) suspects!: readonly StrayMovement[] | null;
  /** The account, if the charge has a fault token. */
  @Column(column.optional(column.key)) isolatedTo!: string | null;
}
