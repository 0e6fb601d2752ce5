import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

@Entity('outbox')
@Index('outbox_key', ['key', 'id'])
export class OutboxEntity {
  @PrimaryGeneratedColumn('identity', { type: 'int8', generatedIdentity: 'ALWAYS' }) id!: number;
  @Column('int2') shard!: number;
  @Column(column.key) topic!: string;
  @Column(column.key) key!: string;
  @Column('json') headers!: Readonly<Record<string, string>>;
  @Column('text') value!: string;
  @Column({ ...column.instant, default: () => 'clock_timestamp()' }) appendedAt!: Instant;
}
