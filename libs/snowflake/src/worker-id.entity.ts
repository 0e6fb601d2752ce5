import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

@Entity('worker_id')
@Check('worker_id_id_check', 'id BETWEEN 0 AND 1023')
export class WorkerIdEntity {
  @PrimaryColumn('int4') id!: number;
  @Column(column.optional(column.text)) holder!: string | null;
  @Column(column.instant) expiresAt!: Instant;
  @Column(column.int8) lastMs!: number;
}
