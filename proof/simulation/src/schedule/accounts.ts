import { MAX_AMOUNT_MINOR, minimumCharge, type Currency } from '#money';
import type { Random } from '#virtual-time';
import type { DetailChanges } from '../operations/operation.js';

/** The merchants' accounts. */
export const accounts = ['acct_anna', 'acct_bert', 'acct_cleo'] as const;

/** The header `Stripe-Version` of each account's requests; none means the newest. */
export const versions: Readonly<Record<string, string>> = { acct_bert: '2024-06-20', acct_cleo: '2020-08-27' };

/** With strict keys, this account has no key. */
export const UNKNOWN_ACCOUNT = 'acct_nobody';
/** An account without charges, whose key may be revoked. */
export const REVOKED_ACCOUNT = 'acct_dora';

/** Two of them are zero-decimal, and their minimum charges and fees differ. */
const others: readonly Currency[] = ['jpy', 'eur', 'clp', 'huf', 'gbp'];

export const currencyOf = (random: Random): Currency => (random.chance(0.6) ? 'usd' : random.pick(others));

/** Amounts at which 2.9 % is a half minor unit, or just below: the edges of rounding. */
const FEE_EDGES = [500, 431, 500 + 1_000, 431 + 9_000];

/** Mostly small amounts; sometimes the minimum, an edge of the fee's rounding, or up to the maximum. */
export function amountOf(random: Random, currency: Currency): number {
  const least = minimumCharge(currency).amountMinor;
  switch (random.integer(0, 11)) {
    case 0:
      return least;
    case 1:
      return random.pick(FEE_EDGES) + 1_000 * Math.ceil(least / 1_000);
    case 2:
      return random.chance(0.2) ? MAX_AMOUNT_MINOR : random.integer(20_000 + least, MAX_AMOUNT_MINOR);
    default:
      return random.integer(least, 20_000 + least);
  }
}

const words = ['order', 'invoice', 'shop', 'Straße', 'sample & co', 'x=1'] as const;

/** Description and metadata of a charge. */
export function detailsOf(random: Random): DetailChanges {
  return {
    ...(random.chance(0.5) && { description: `${random.pick(words)} ${random.integer(1, 999)}` }),
    ...metadataOf(random),
  };
}

/** Details that some charges have by their id, so that they take no random choice from the others. */
export const detailsById = (id: number): DetailChanges => ({
  ...(id % 6 === 1 && { receipt_email: `buyer-${id}@example.com` }),
  ...(id % 6 === 3 && { transfer_group: `group_${id % 4}` }),
});

/** Random metadata. @param remove allows empty values, which unset a key */
export function metadataOf(random: Random, { remove = false } = {}): DetailChanges {
  const names = ['order', 'colour', 'note'].filter(() => random.chance(0.5));
  if (names.length === 0) names.push('order');
  return Object.fromEntries(
    names.map((name) => [
      `metadata[${name}]`,
      remove && random.chance(0.4) ? '' : `${random.pick(words)} ${random.integer(1, 99)}`,
    ]),
  );
}
