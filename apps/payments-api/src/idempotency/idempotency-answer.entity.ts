import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

/** The answer of a key. The first stored answer wins; no row is updated. */
@Entity('idempotency_answer')
@Index('idempotency_answer_prunable', ['answeredAt'])
export class IdempotencyAnswerEntity {
  @PrimaryColumn(column.key) account!: string;
  @PrimaryColumn(column.key) key!: string;
  @Column('int2') status!: number;
  @Column(column.text) body!: string;
  @Column(column.now) answeredAt!: Instant;
}
