import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

/** One clock for each account. A deleted one stays for a day, so that every instance reads the deletion. */
@Entity('test_clock')
@Index('test_clock_changed', ['changedAt'])
export class TestClockEntity {
  @PrimaryColumn(column.key) account!: string;
  @Column(column.key) id!: string;
  @Column(column.optional(column.text)) name!: string | null;
  @Column(column.instant) frozenTime!: Instant;
  @Column(column.int8) offsetMs!: number;
  @Column(column.now) createdAt!: Instant;
  @Column({ type: 'boolean', default: false }) deleted!: boolean;
  @Column(column.now) changedAt!: Instant;
}
