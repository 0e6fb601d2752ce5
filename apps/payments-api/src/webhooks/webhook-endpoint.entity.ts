import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

/** Where a merchant wants to receive events. */
@Entity('webhook_endpoint')
@Check('webhook_endpoint_id_check', `id LIKE 'we\\_%'`)
@Check('webhook_endpoint_secret_version_check', 'secret_version >= 1')
@Check('webhook_endpoint_status_check', `status IN ('enabled', 'disabled')`)
@Index('webhook_endpoint_by_creation', ['account', 'createdAt', 'id'], { where: `id <> ''` })
export class WebhookEndpointEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  /** On the account's clock. */
  @Column(column.instant) createdAt!: Instant;
  @Column(column.text) url!: string;
  /** Types, or `*` alone. */
  @Column('text', { array: true }) enabledEvents!: string[];
  @Column(column.text) status!: 'enabled' | 'disabled';
  @Column(column.optional(column.text)) description!: string | null;
  @Column('jsonb') metadata!: Record<string, string>;
  @Column(column.optional(column.text)) apiVersion!: string | null;
  /** The secret follows from the id, this number and API_SECRET, so it is stored nowhere. */
  @Column('int4', { default: 1 }) secretVersion!: number;
  /** Until then the secret of the version before signs too. In real time. */
  @Column(column.optional(column.instant)) previousSecretUntil!: Instant | null;
}
