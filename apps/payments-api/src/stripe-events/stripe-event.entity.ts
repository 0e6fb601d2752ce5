import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { RaisedType } from './raised-types.js';

/** Immutable: no service has the right to UPDATE. Ids begin with the time, so the oldest rows are the first by id. */
@Entity('stripe_event')
@Check('stripe_event_id_check', `id LIKE 'evt\\_%'`)
@Index('stripe_event_by_type', ['account', 'type', 'createdAt', 'id'], { where: `id <> ''` })
export class StripeEventEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.key) type!: RaisedType;
  /** On the account's clock. */
  @Column(column.instant) createdAt!: Instant;
  @Column(column.key) objectId!: string;
  /** JSON as it is sent. Text, because nothing looks into it. */
  @Column(column.text) object!: string;
  @Column(column.optional(column.text)) previousAttributes!: string | null;
  @Column(column.optional(column.text)) requestId!: string | null;
  @Column(column.optional(column.text)) requestKey!: string | null;
  @Column(column.text) apiVersion!: string;
}
