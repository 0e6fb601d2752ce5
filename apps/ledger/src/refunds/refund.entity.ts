import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol, RefundRefusal } from '#contracts';
import type { Currency } from '#money';
import { column } from '#postgres';

@Entity('refund')
@Check('refund_state_check', `state IN ('reserved', 'posted', 'released', 'refused')`)
@Check('refund_amount_minor_check', 'amount_minor > 0')
@Check('refund_check', `state NOT IN ('reserved', 'posted') OR bank IS NOT NULL`)
@Check('refund_check1', `(state = 'posted') = (posted_at IS NOT NULL)`)
@Check('refund_check2', `(state = 'refused') = (refusal IS NOT NULL)`)
@Check('refund_check3', `(state = 'released') = (refusal_code IS NOT NULL)`)
@Index('refund_of_charge', ['chargeId'])
export class LedgerRefundEntity {
  @PrimaryColumn(column.key) refundId!: string;
  @Column(column.key) chargeId!: string;
  @Column(column.key) account!: string;
  @Column(column.text) state!: 'reserved' | 'posted' | 'released' | 'refused';
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: Currency;
  @Column(column.optional(column.text)) bank!: bankProtocol.BankName | null;
  @Column(column.optional(column.instant)) postedAt!: Instant | null;
  @Column(column.optional(column.text)) refusal!: RefundRefusal | null;
  @Column(column.optional(column.text)) refusalCode!: string | null;
  @Column(column.optional(column.text)) traceparent!: string | null;
  @Column(column.now) changedAt!: Instant;
}
