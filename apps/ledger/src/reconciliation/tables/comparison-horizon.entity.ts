import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

/** At the time `at`, every transaction below `xact` had ended. */
@Entity('comparison_horizon')
export class ComparisonHorizonEntity {
  @PrimaryColumn(column.xid8) xact!: string;
  @Column(column.instant) at!: Instant;
}
