import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#clock';
import type { Currency } from '#money';
import { column } from '#postgres';
import type { AccountKind } from './account.js';

/** Append-only: triggers reject UPDATE and DELETE. */
@Entity('account')
@Check('account_kind_check', `kind IN ('bank_receivable', 'merchant', 'fees', 'suspense')`)
@Check('account_check', `(owner IS NULL) = (kind = 'fees')`)
@Check('account_currency_check', `currency ~ '^[a-z]{3}$'`)
@Check('account_check1', `id = concat_ws(':', kind, owner, currency)`)
export class AccountEntity {
  @PrimaryColumn(column.key) id!: string;
  @Column(column.text) kind!: AccountKind;
  @Column(column.optional(column.text)) owner!: string | null;
  @Column(column.text) currency!: Currency;
  @Column({
    ...column.text,
    generatedType: 'STORED',
    asExpression: `CASE kind WHEN 'bank_receivable' THEN 'debit' ELSE 'credit' END`,
  })
  normalBalance!: 'debit' | 'credit';
  @Column(column.now) openedAt!: Instant;
}
