import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { Customer, CustomerDetails } from './customer.js';

/** A deleted customer stays, without anything of a person: Stripe shows that there was one. */
@Entity('customer')
@Index('customer_by_creation', ['account', 'testClock', 'createdAt', 'id'], { where: 'NOT deleted' })
@Index('customer_by_email', ['account', 'testClock', 'email', 'createdAt', 'id'], { where: 'NOT deleted' })
export class CustomerEntity implements Customer {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.instant) createdAt!: Instant;
  @Column('boolean') deleted!: boolean;
  @Column(column.optional(column.key)) email!: string | null;
  /** Empty: none. A list that names none shows the customers without one, by index. */
  @Column(column.key) testClock!: string;
  @Column(column.optional(column.key)) defaultPaymentMethod!: string | null;
  @Column(column.optional(column.key)) defaultSource!: string | null;
  @Column('jsonb') details!: CustomerDetails;
  @Column('jsonb') metadata!: Readonly<Record<string, string>>;
}
