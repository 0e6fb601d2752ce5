import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { bankProtocol, CancellationCause, Card, ReleaseCause } from '#contracts';
import type { Currency } from '#money';
import { column } from '#postgres';
import type { Authorization, ChargeTerms } from '../authorization/authorization-state.js';

/** `authorization` is a reserved word in SQL, hence the prefix. */
@Entity('bank_authorization')
@Check('bank_authorization_amount_minor_check', 'amount_minor > 0')
@Check('bank_authorization_capture_check', `capture IN ('automatic', 'manual')`)
@Check(
  'bank_authorization_state_check',
  `state IN ('authorizing', 'authorized', 'capturing', 'captured', 'voiding', 'voided', 'declined', 'failed')`,
)
@Check(
  'bank_authorization_check',
  `(bank_authorization_id IS NOT NULL) = (state IN ('authorized', 'capturing', 'captured', 'voiding', 'voided'))`,
)
@Check('bank_authorization_check1', `(bank_capture_id IS NOT NULL) = (state = 'captured')`)
@Check('bank_authorization_check2', `(release_cause IS NOT NULL) = (state IN ('voiding', 'voided'))`)
@Check('bank_authorization_check3', `detail IS NOT NULL OR state NOT IN ('declined', 'failed')`)
@Check('bank_authorization_check4', `bank IS NOT NULL OR state IN ('authorizing', 'failed')`)
@Check('bank_authorization_cancellation_check', `cancellation IN ('canceled', 'expired')`)
@Check(
  'bank_authorization_cancellation_state_check',
  `cancellation IS NULL OR state IN ('authorizing', 'capturing', 'captured')`,
)
export class AuthorizationEntity {
  @PrimaryColumn(column.key) chargeId!: string;
  @Column(column.key) account!: string;
  @Column(column.int8) amountMinor!: number;
  @Column(column.text) currency!: Currency;
  @Column(column.text) capture!: ChargeTerms['capture'];
  @Column('jsonb') card!: Card;
  @Column(column.optional(column.text)) fault!: string | null;
  @Column(column.text) state!: Exclude<Authorization['state'], 'none'>;
  @Column(column.optional(column.text)) bank!: bankProtocol.BankName | null;
  @Column(column.optional(column.text)) bankAuthorizationId!: string | null;
  @Column(column.optional(column.text)) bankCaptureId!: string | null;
  @Column(column.optional(column.text)) releaseCause!: ReleaseCause | null;
  @Column(column.optional(column.text)) detail!: string | null;
  @Column(column.optional(column.text)) traceparent!: string | null;
  @Column(column.now) createdAt!: Instant;
  @Column(column.now) updatedAt!: Instant;
  /** A waiting cancellation while authorizing or capturing; a refused one once captured. */
  @Column(column.optional(column.text)) cancellation!: CancellationCause | null;
}
