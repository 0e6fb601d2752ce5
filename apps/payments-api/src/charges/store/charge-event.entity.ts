import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { ChargeEvent } from '../charge/charge.js';

/** Event stream of a charge, by version. */
@Entity('charge_event')
@Check('charge_event_version_check', 'version >= 1')
export class ChargeEventEntity {
  @PrimaryColumn(column.key) chargeId!: string;
  @PrimaryColumn('int4') version!: number;
  @Column(column.text) type!: ChargeEvent['type'];
  /** The event without its type. */
  @Column('jsonb') data!: object;
  @Column(column.now) recordedAt!: Instant;
}
