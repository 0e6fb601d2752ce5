import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { SetupIntentDetails, SetupIntentStatus } from './setup-intent.js';

@Entity('setup_intent')
@Index('setup_intent_by_creation', ['account', 'createdAt', 'id'], { where: `id <> ''` })
@Index('setup_intent_by_customer', ['account', 'customer', 'createdAt', 'id'], { where: 'customer IS NOT NULL' })
@Index('setup_intent_by_payment_method', ['account', 'paymentMethod', 'createdAt', 'id'], {
  where: 'payment_method IS NOT NULL',
})
export class SetupIntentEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.instant) createdAt!: Instant;
  @Column(column.text) status!: SetupIntentStatus;
  @Column(column.optional(column.key)) customer!: string | null;
  @Column(column.optional(column.key)) paymentMethod!: string | null;
  @Column('jsonb') details!: SetupIntentDetails;
  @Column('jsonb') metadata!: Readonly<Record<string, string>>;
}
