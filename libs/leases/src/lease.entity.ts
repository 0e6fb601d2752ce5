import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

@Entity('lease')
@Unique(['name', 'epoch'])
export class LeaseEntity {
  @PrimaryColumn(column.text) name!: string;
  @Column(column.text) holder!: string;
  @Column(column.int8) epoch!: number;
  @Column(column.instant) expiresAt!: Instant;
}
