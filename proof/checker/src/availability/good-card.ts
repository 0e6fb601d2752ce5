import { bankProtocol } from '#contracts';
import type { ApiExchange } from '../history.js';

/** What is known of the card of a charge that deserves to succeed. */
export interface GoodCard {
  readonly brand: bankProtocol.Brand;
  /** The charge carries a fault token, which has breakers of its account's own. */
  readonly hasToken: boolean;
}

/** Stripe's test cards that approve everything, by the names that follow `tok_` and `pm_card_`. */
const approving: Readonly<Record<string, bankProtocol.Brand>> = {
  visa: 'visa',
  us: 'visa',
  visa_debit: 'visa',
  mastercard: 'mastercard',
  mastercard_debit: 'mastercard',
  mastercard_prepaid: 'mastercard',
  amex: 'amex',
  discover: 'discover',
  discover_debit: 'discover',
  diners: 'diners',
  jcb: 'jcb',
  unionpay: 'unionpay',
  unionpay_debit: 'unionpay',
};

/** A card behind a fault token is good: its bank fails it, and its journal says when. The ledger's token is a wish to fail. */
export function goodCardOf({ source = '' }: ApiExchange['parameters']): GoodCard | undefined {
  const aim = bankProtocol.parseFaultToken(source);
  if (aim) return 'at' in aim && aim.at === 'bank' ? { brand: aim.brand, hasToken: true } : undefined;
  const brand = approving[/^(?:tok|pm_card)_(\w+)$/.exec(source)?.[1] ?? ''];
  return brand && { brand, hasToken: false };
}

const plainParameter = /^(?:amount|currency|source|capture|description|metadata\[\w{1,40}\])$/;
/** No currency's documented minimum is above this; where amounts have three decimals, the last of them is zero. */
const PLAIN = { leastMinor: 20_000, mostMinor: 99_999_999, multipleOf: 10, leastUsdMinor: 50 };

/** Nothing about it is near any limit, so that a 400 is a refusal like any other. */
export function isPlainlyWellFormed({ parameters }: ApiExchange): boolean {
  const { amount = '', currency = '', capture = 'true' } = parameters;
  const minor = /^[1-9]\d{0,8}$/.test(amount) ? Number(amount) : 0;
  const isPlainAmount =
    currency === 'usd'
      ? minor >= PLAIN.leastUsdMinor
      : /^(?:eur|gbp|jpy|cad|aud|chf)$/.test(currency) && minor >= PLAIN.leastMinor && minor % PLAIN.multipleOf === 0;
  return (
    isPlainAmount &&
    minor <= PLAIN.mostMinor &&
    (capture === 'true' || capture === 'false') &&
    Object.entries(parameters).every(
      ([name, value]) => plainParameter.test(name) && value.length <= 100 && !/\d{12}/.test(value),
    )
  );
}
