import type { bankProtocol } from '#contracts';
import type { Currency } from '#money';

/**
 * A receivable, what a bank owes us, grows by debits; the others grow by credits. Suspense has money that a bank moved
 * and that belongs to no account yet.
 */
export type AccountKind = 'bank_receivable' | 'merchant' | 'fees' | 'suspense';

export interface Account {
  /** A natural key, so that a transfer needs no lookup: `merchant:acct_1:usd`. */
  readonly id: string;
  readonly kind: AccountKind;
  /** A bank or a merchant's account; null for the platform's own accounts. */
  readonly owner: string | null;
  readonly currency: Currency;
}

type BankName = bankProtocol.BankName;

export const bankReceivable = (bank: BankName, currency: Currency): Account => open('bank_receivable', bank, currency);

export const merchant = (account: string, currency: Currency): Account => open('merchant', account, currency);

export const fees = (currency: Currency): Account => open('fees', null, currency);

export const suspense = (bank: BankName, currency: Currency): Account => open('suspense', bank, currency);

function open(kind: AccountKind, owner: string | null, currency: Currency): Account {
  return { id: [kind, owner, currency].filter((part) => part !== null).join(':'), kind, owner, currency };
}
