import type { bankProtocol } from '#contracts';
import type { Currency } from '#money';

/**
 * What the books distinguish. A receivable is what a bank owes us: it grows by debits. The others are what
 * we owe, or have earned: they grow by credits. Suspense holds what a bank moved and nobody can be given yet.
 */
export type AccountKind = 'bank_receivable' | 'merchant' | 'fees' | 'suspense';

export interface Account {
  /** Natural, so that a transfer can be written without looking anything up: `merchant:acct_1:usd`. */
  readonly id: string;
  readonly kind: AccountKind;
  /** A bank, or a merchant's account; null for the platform's own. */
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
