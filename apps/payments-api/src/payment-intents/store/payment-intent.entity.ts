import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';
import type { PaymentIntent } from '../intent/payment-intent.js';

/** The columns beside `intent` repeat what lists and checks need of it. */
@Entity('payment_intent')
@Check('payment_intent_version_check', 'version >= 1')
@Check('payment_intent_amount_minor_check', 'amount_minor > 0')
@Index('payment_intent_by_creation', ['account', 'createdAt', 'id'], { where: `id <> ''` })
@Index('payment_intent_by_customer', ['account', 'customer', 'createdAt', 'id'], { where: 'customer IS NOT NULL' })
export class PaymentIntentEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column('int4') version!: number;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: Currency;
  @Column(column.optional(column.text)) customer!: string | null;
  @Column(column.optional(column.key)) latestCharge!: string | null;
  @Column(column.instant) createdAt!: Instant;
  @Column('jsonb') intent!: PaymentIntent;
}
