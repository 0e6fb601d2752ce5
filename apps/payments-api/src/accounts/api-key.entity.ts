import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';

/** Used with `API_KEYS=strict` only. The hash is keyed: without the API's secret the table reveals no key. */
@Entity('api_key')
export class ApiKeyEntity {
  @PrimaryColumn(column.key) hash!: string;
  @Column(column.text) account!: string;
  @Column(column.text) label!: string;
  @Column(column.now) createdAt!: Instant;
  @Column(column.optional(column.instant)) revokedAt!: Instant | null;
}
