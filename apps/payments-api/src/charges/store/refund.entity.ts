import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';
import type { ChargeRefund, RefundState } from '../charge/refund.js';

/** Projection of `charge_event`: one row for each refund. */
@Entity('refund')
@Check('refund_state_check', `state IN ('pending', 'succeeded', 'failed')`)
@Check('refund_amount_minor_check', 'amount_minor > 0')
@Index('refund_of_charge', ['chargeId', 'id'])
@Index('refund_by_creation', ['account', 'createdAt', 'id'], { where: `id <> ''` })
@Index('refund_by_charge', ['account', 'chargeId', 'createdAt', 'id'], { where: `id <> ''` })
export class RefundEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.key) chargeId!: string;
  @Column(column.text) state!: RefundState;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: Currency;
  @Column(column.instant) createdAt!: Instant;
  @Column('jsonb') refund!: ChargeRefund;
}
