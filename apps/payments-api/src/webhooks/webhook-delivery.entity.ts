import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

/** One attempt to deliver an event, as its merchant may read it. */
export interface DeliveryAttempt {
  readonly at: Instant;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
}

/** One event for one endpoint, written in the transaction of the event. */
@Entity('webhook_delivery')
@Check('webhook_delivery_state_check', `state IN ('pending', 'delivered', 'abandoned')`)
@Index('webhook_delivery_due', ['endpointId', 'dueAt'], { where: `state = 'pending'` })
@Index('webhook_delivery_undelivered', ['account', 'eventCreatedAt', 'eventId'], { where: `state <> 'delivered'` })
export class WebhookDeliveryEntity {
  @PrimaryColumn(column.key) eventId!: string;
  @PrimaryColumn(column.key) endpointId!: string;
  @Column(column.key) account!: string;
  @Column(column.instant) eventCreatedAt!: Instant;
  @Column({ ...column.text, default: 'pending' }) state!: 'pending' | 'delivered' | 'abandoned';
  /** Begun, those under way included. */
  @Column('int4', { default: 0 }) attempts!: number;
  /** In real time. */
  @Column({
    ...column.now,
    comment: 'When the next attempt is due; while an attempt is under way, when another instance may make it.',
  })
  dueAt!: Instant;
  /** The latest attempts. */
  @Column('jsonb', { default: [] }) log!: readonly DeliveryAttempt[];
}
