import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

@Entity('parked_key')
@Index('parked_key_to_replay', ['replayRequestedAt'], { where: 'replay_requested_at IS NOT NULL' })
export class ParkedKeyEntity {
  @PrimaryColumn(column.key) key!: string;
  @Column(column.now) parkedAt!: Instant;
  @Column(column.optional(column.instant)) replayRequestedAt!: Instant | null;
}
