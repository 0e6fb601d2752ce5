import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';
import type { ChargeDetails, ChargeOutcome, OpenedCharge, Opening } from '../charge/charge.js';
import type { ManualAuthorization } from '../charge/manual-authorization.js';

/** Projection of `charge_event`: every column except the sweeper's follows from the stream. */
@Entity('charge')
@Check('charge_state_check', `state IN ('requested', 'authorized', 'succeeded', 'failed', 'canceled')`)
@Check('charge_version_check', 'version >= 1')
@Check('charge_amount_minor_check', 'amount_minor > 0')
@Check('charge_check', `(state IN ('requested', 'authorized')) = (ending IS NULL)`)
@Check('charge_refunds_moved_check', 'refunds IS NULL')
@Check(
  'charge_refund_totals_check',
  `refund_count >= 0 AND refund_pending_minor >= 0 AND refund_succeeded_minor >= 0
   AND refund_pending_minor + refund_succeeded_minor <= coalesce((ending->'amount'->>'amountMinor')::int8, 0)`,
)
@Index('charge_awaiting', ['nextSweepAt'], { where: 'awaiting' })
@Index('charge_expiring', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Index('charge_expiring_of_account', ['account', 'expiresAt'], { where: 'expires_at IS NOT NULL' })
@Index('charge_by_creation', ['account', 'createdAt', 'id'], { where: `id <> ''` })
@Index('charge_by_customer', ['account', 'customer', 'createdAt', 'id'], { where: 'customer IS NOT NULL' })
@Index('charge_by_payment_intent', ['account', 'paymentIntent', 'createdAt', 'id'], {
  where: 'payment_intent IS NOT NULL',
})
@Index('charge_live_of_payment_intent', ['paymentIntent'], {
  unique: true,
  where: `payment_intent IS NOT NULL AND state IN ('requested', 'authorized', 'succeeded')`,
})
@Index('charge_by_transfer_group', { synchronize: false })
@Index('charge_by_customer_and_transfer_group', { synchronize: false })
export class ChargeEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.text) state!: OpenedCharge['state'];
  /** Version of the last event. */
  @Column('int4') version!: number;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: Currency;
  @Column(column.optional(column.text)) customer!: string | null;
  @Column(column.optional(column.text)) paymentIntent!: string | null;
  @Column(column.instant) createdAt!: Instant;
  @Column('jsonb') opening!: Opening;
  @Column('jsonb') details!: ChargeDetails;
  @Column({ type: 'jsonb', nullable: true }) ending!: ChargeOutcome | null;
  /** Of the request that opened the charge. */
  @Column(column.key) idempotencyKey!: string;
  @Column(column.optional(column.text)) traceparent!: string | null;
  @Column({ type: 'int4', default: 0 }) sweeps!: number;
  @Column({ ...column.instant, default: () => `(now() + '00:00:15')` }) nextSweepAt!: Instant;
  /** True while another service owes the outcome of a request. */
  @Column({ type: 'boolean', default: true }) awaiting!: boolean;
  /** Null when the charge is captured as soon as it is authorized. */
  @Column({ type: 'jsonb', nullable: true }) hold!: ManualAuthorization | null;
  /** Always null: refunds are rows of their own. */
  @Column({ type: 'jsonb', nullable: true }) refunds!: null;
  /** When the authorization lapses, on the account's clock; null if it cannot. */
  @Column(column.optional(column.instant)) expiresAt!: Instant | null;
  @Column({ type: 'int4', default: 0 }) refundCount!: number;
  @Column({ ...column.int8, default: 0 }) refundPendingMinor!: number;
  @Column({ ...column.int8, default: 0 }) refundSucceededMinor!: number;
}
