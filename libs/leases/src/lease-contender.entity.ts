import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

@Entity('lease_contender')
export class LeaseContenderEntity {
  @PrimaryColumn(column.text) shards!: string;
  @PrimaryColumn(column.text) holder!: string;
  @Column(column.instant) expiresAt!: Instant;
}
