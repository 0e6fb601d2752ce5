import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import { column } from '#postgres';
import type { PaymentInstrument } from '../test-cards/instrument.js';

/** A row for each token that a request made. The instrument has no card number. */
@Entity('token')
export class TokenEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.key) account!: string;
  @Column(column.instant) createdAt!: Instant;
  @Column('jsonb') instrument!: PaymentInstrument;
  /** A token can be used once. */
  @Column('boolean') used!: boolean;
}
