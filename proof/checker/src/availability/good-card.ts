import { bankProtocol } from '#contracts';
import type { ApiExchange } from '../history.js';

/** The card of a charge that must succeed unless a fault explains a refusal. */
export interface GoodCard {
  readonly brand: bankProtocol.Brand;
  /** The charge has a fault token, so its calls use isolated breakers. */
  readonly hasToken: boolean;
}

/** Stripe's approving test cards, by the part of the name after `tok_` or `pm_card_`. Source: Stripe's page on testing. */
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

/** The card of a bank's fault token is good: the journal records the fault. The ledger's fault token always fails. */
export function goodCardOf({ source = '' }: ApiExchange['parameters']): GoodCard | undefined {
  const aim = bankProtocol.parseFaultToken(source);
  if (aim) return 'at' in aim && aim.at === 'bank' ? { brand: aim.brand, hasToken: true } : undefined;
  const brand = approving[/^(?:tok|pm_card)_(\w+)$/.exec(source)?.[1] ?? ''];
  return brand && { brand, hasToken: false };
}

const plainParameter = /^(?:amount|currency|source|capture|description|metadata\[\w{1,40}\])$/;
/** Above every currency's documented minimum, and a multiple of ten, as three-decimal currencies require. */
const PLAIN = { leastMinor: 20_000, mostMinor: 99_999_999, multipleOf: 10, leastUsdMinor: 50 };

/** Whether the request is far from every limit, so that a 400 needs an explanation. */
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
