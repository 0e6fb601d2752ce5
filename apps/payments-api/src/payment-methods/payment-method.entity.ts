import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { BillingDetails } from '../protocol/contact-parameters.js';
import type { PaymentInstrument } from '../test-cards/instrument.js';
import type { AllowRedisplay, PaymentMethod } from './payment-method.js';

/** A row for each stored card. The instrument has no card number. */
@Entity('payment_method')
@Index('payment_method_by_creation', ['account', 'createdAt', 'id'], { where: `id <> ''` })
@Index('payment_method_by_customer', ['account', 'customer', 'createdAt', 'id'], { where: 'customer IS NOT NULL' })
@Index('payment_method_by_redisplay', ['account', 'allowRedisplay', 'createdAt', 'id'], {
  where: 'allow_redisplay IS NOT NULL',
})
export class PaymentMethodEntity implements PaymentMethod {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.optional(column.key)) customer!: string | null;
  @Column(column.instant) createdAt!: Instant;
  @Column('jsonb') instrument!: PaymentInstrument;
  @Column('jsonb') billing!: BillingDetails;
  @Column('jsonb') metadata!: Readonly<Record<string, string>>;
  @Column(column.text) allowRedisplay!: AllowRedisplay;
  @Column('boolean') spent!: boolean;
}
