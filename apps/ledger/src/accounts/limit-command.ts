import { isCurrency, money, type Currency, type Money } from '#money';

export type LimitChange =
  | { readonly kind: 'freeze'; readonly frozen: boolean }
  | { readonly kind: 'cap'; readonly currency: Currency; readonly capMinor: number | null }
  | { readonly kind: 'overdraft'; readonly currency: Currency; readonly overdraftMinor: number | null };

export interface LimitCommand {
  readonly account: string;
  /** Empty to only show the limits. */
  readonly changes: readonly LimitChange[];
}

export const usage = `holdfast limit <account> [--frozen | --thawed] [--cap <minor units> <currency>] [--no-cap <currency>]
                         [--overdraft <minor units> <currency>] [--default-overdraft <currency>]

  holdfast limit acct_1                    show what is set, and what is used of it
  holdfast limit acct_1 --frozen           refuse every hold of this account
  holdfast limit acct_1 --cap 100000 usd   cap its open holds at 1000.00 usd
  holdfast limit acct_1 --no-cap usd       lift that cap
  holdfast limit acct_1 --overdraft 0 usd  refuse refunds that would take its balance below zero

DATABASE_URL names another system than the one that runs here.`;

/** @throws Error with a sentence that names the wrong word */
export function parseLimitCommand(words: readonly string[]): LimitCommand {
  const [account, ...rest] = words;
  if (!account?.startsWith('acct_'))
    throw new Error('Name an account first: holdfast limit acct_…. See holdfast limit --help.');
  const changes: LimitChange[] = [];
  while (rest.length > 0) {
    const [word] = rest;
    const change = takeChange(rest);
    if (!change) throw new Error(`${word} is no change of a limit, or lacks its value. See holdfast limit --help.`);
    changes.push(change);
  }
  return { account, changes };
}

/** Removes the words of one change from the front. */
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
