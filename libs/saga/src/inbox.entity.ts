import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

@Entity('inbox')
export class InboxEntity {
  @PrimaryColumn(column.key) id!: string;
  @PrimaryColumn(column.key) source!: string;
  @Column(column.now) seenAt!: Instant;
}
