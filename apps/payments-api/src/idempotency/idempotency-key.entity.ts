import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { Subject } from './key.js';

/** A request's claim on its key. */
@Entity('idempotency_key')
export class IdempotencyKeyEntity {
  @PrimaryColumn(column.key) account!: string;
  @PrimaryColumn(column.key) key!: string;
  @Column(column.text) endpoint!: string;
  /** Keyed hash of the parameters. */
  @Column(column.text) fingerprint!: string;
  @Column(column.text) requestId!: string;
  @Column(column.optional(column.key)) chargeId!: string | null;
  @Column('jsonb') expand!: readonly string[];
  @Column(column.text) apiVersion!: string;
  /** The instance that processes the request. */
  @Column(column.text) holder!: string;
  @Column(column.now) claimedAt!: Instant;
  @Column(column.instant) answerBy!: Instant;
  @Column(column.optional(column.key)) subject!: Subject;
}
