import { Check, Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Instant } from '#clock';
import type { CloudEvent } from '#contracts';
import { column } from '#postgres';
import type { Delivery } from './store.js';

@Entity('parked_event')
@Unique(['id', 'source'])
@Check('parked_event_check', '(discarded_at IS NULL) = (discard_reason IS NULL)')
@Index('parked_event_waiting', ['key', 'position'], { where: 'discarded_at IS NULL' })
export class ParkedEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'int8', generatedIdentity: 'ALWAYS' }) position!: number;
  @Column(column.key) key!: string;
  @Column(column.key) id!: string;
  @Column(column.key) source!: string;
  @Column('json') event!: CloudEvent;
  @Column('jsonb') origin!: Delivery['origin'];
  @Column('boolean') behind!: boolean;
  @Column(column.text) error!: string;
  @Column(column.now) parkedAt!: Instant;
  @Column({ type: 'int4', default: 0 }) attempts!: number;
  @Column(column.optional(column.instant)) failedAt!: Instant | null;
  @Column(column.optional(column.instant)) discardedAt!: Instant | null;
  @Column(column.optional(column.text)) discardReason!: string | null;
}
