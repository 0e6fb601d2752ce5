import type { Account, AccountKind } from '../accounts/account.js';

/** Debits and credits of one account in minor units. Pending amounts are reserved, and not yet posted. */
export interface AccountSides {
  readonly debitsPostedMinor: number;
  readonly creditsPostedMinor: number;
  readonly debitsPendingMinor: number;
  readonly creditsPendingMinor: number;
}

export interface AccountBalance extends Account, AccountSides {}

/** The posted balance on the side on which the account grows, in minor units. */
export const balanceMinor = ({ kind, debitsPostedMinor, creditsPostedMinor }: AccountBalance): number =>
  growsByDebits(kind) ? debitsPostedMinor - creditsPostedMinor : creditsPostedMinor - debitsPostedMinor;

const growsByDebits = (kind: AccountKind): boolean => kind === 'bank_receivable';

export interface CurrencySum {
  readonly currency: string;
  /** Debits less credits over all accounts. Must be zero. */
  readonly sumMinor: number;
  /** The balance of suspense. Zero when all charges have ended. */
  readonly suspenseMinor: number;
}

export interface KindSum extends AccountSides {
  readonly kind: AccountKind;
  readonly currency: string;
  readonly accounts: number;
}

/** Sums per kind of account and currency, and the two sums that must be zero. */
export function summary(balances: readonly AccountBalance[]): { kinds: KindSum[]; currencies: CurrencySum[] } {
  const kinds = Map.groupBy(balances, ({ kind, currency }) => `${kind}:${currency}`);
  const currencies = Map.groupBy(balances, ({ currency }) => currency);
  return {
    kinds: [...kinds.values()].map((group) => {
      const { kind, currency } = group[0]!;
      return { kind, currency, accounts: group.length, ...sum(group) };
    }),
    currencies: [...currencies].map(([currency, group]) => {
      const { debitsPostedMinor, creditsPostedMinor } = sum(group);
      const suspended = group.filter(({ kind }) => kind === 'suspense');
      return {
        currency,
        sumMinor: debitsPostedMinor - creditsPostedMinor,
        suspenseMinor: suspended.reduce((total, account) => total + balanceMinor(account), 0),
      };
    }),
  };
}

function sum(balances: readonly AccountSides[]): AccountSides {
  return balances.reduce<AccountSides>(
    (total, sides) => ({
      debitsPostedMinor: total.debitsPostedMinor + sides.debitsPostedMinor,
      creditsPostedMinor: total.creditsPostedMinor + sides.creditsPostedMinor,
      debitsPendingMinor: total.debitsPendingMinor + sides.debitsPendingMinor,
      creditsPendingMinor: total.creditsPendingMinor + sides.creditsPendingMinor,
    }),
    { debitsPostedMinor: 0, creditsPostedMinor: 0, debitsPendingMinor: 0, creditsPendingMinor: 0 },
  );
}
