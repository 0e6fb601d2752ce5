import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Currency } from '#money';
import { column } from '#postgres';

/** One row per limited account. Amounts are in minor units, by currency. */
@Entity('account_limit')
@Check('account_limit_open_holds_cap_minor_check', `jsonb_typeof(open_holds_cap_minor) = 'object'`)
@Check('account_limit_refund_overdraft_minor_check', `jsonb_typeof(refund_overdraft_minor) = 'object'`)
export class AccountLimitEntity {
  @PrimaryColumn(column.key) account!: string;
  @Column({ type: 'boolean', default: false }) frozen!: boolean;
  @Column({ type: 'jsonb', default: {} }) openHoldsCapMinor!: Partial<Record<Currency, number>>;
  @Column({ type: 'jsonb', default: {} }) refundOverdraftMinor!: Partial<Record<Currency, number>>;
}
