import { isCurrency, money, type Currency, type Money } from '#money';

export type LimitChange =
  | { readonly kind: 'freeze'; readonly frozen: boolean }
  | { readonly kind: 'cap'; readonly currency: Currency; readonly capMinor: number | null }
  | { readonly kind: 'overdraft'; readonly currency: Currency; readonly overdraftMinor: number | null };

export interface LimitCommand {
  readonly account: string;
  /** None: only show what is set. */
  readonly changes: readonly LimitChange[];
}

export const usage = [
  'usage: npm run ledger:limit -- <account> [--frozen | --thawed] [--cap <minor units> <currency>] [--no-cap <currency>]',
  '                                [--overdraft <minor units> <currency>] [--default-overdraft <currency>]',
  '',
  '  npm run ledger:limit -- acct_1 --frozen           refuse every hold of this account',
  '  npm run ledger:limit -- acct_1 --cap 100000 usd   let its open holds come to 1000.00 usd at most',
  '  npm run ledger:limit -- acct_1 --no-cap usd       lift that cap',
  '  npm run ledger:limit -- acct_1 --overdraft 0 usd  refuse refunds that would take its balance below zero',
  '  npm run ledger:limit -- acct_1                    show what is set, and what is used of it',
  '',
  'Of the system that npm start runs here, or of the one that DATABASE_URL names.',
].join('\n');

/** @returns undefined when it cannot be understood */
export function parseLimitCommand(words: readonly string[]): LimitCommand | undefined {
  const [account, ...rest] = words;
  if (!account?.startsWith('acct_')) return undefined;
  const changes: LimitChange[] = [];
  while (rest.length > 0) {
    const change = takeChange(rest);
    if (!change) return undefined;
    changes.push(change);
  }
  return { account, changes };
}

/** Takes the words of one change off the front. */
function takeChange(words: string[]): LimitChange | undefined {
  switch (words.shift() ?? '') {
    case '--frozen':
      return { kind: 'freeze', frozen: true };
    case '--thawed':
      return { kind: 'freeze', frozen: false };
    case '--cap': {
      const most = takeAmount(words);
      return most && { kind: 'cap', currency: most.currency, capMinor: most.amountMinor };
    }
    case '--no-cap': {
      const currency = takeCurrency(words);
      return currency && { kind: 'cap', currency, capMinor: null };
    }
    case '--overdraft': {
      const most = takeAmount(words);
      return most && { kind: 'overdraft', currency: most.currency, overdraftMinor: most.amountMinor };
    }
    case '--default-overdraft': {
      const currency = takeCurrency(words);
      return currency && { kind: 'overdraft', currency, overdraftMinor: null };
    }
    default:
      return undefined;
  }
}

function takeAmount(words: string[]): Money | undefined {
  const amount = words.shift() ?? '';
  const currency = takeCurrency(words);
  return /^\d{1,15}$/.test(amount) && currency ? money(Number(amount), currency) : undefined;
}

function takeCurrency(words: string[]): Currency | undefined {
  const word = words.shift() ?? '';
  return isCurrency(word) ? word : undefined;
}
