import { z } from 'zod';

export const brands = ['visa', 'mastercard', 'amex', 'discover', 'diners', 'jcb', 'unionpay'] as const;
export const brandSchema = z.enum(brands);
/** A card network. */
export type Brand = z.infer<typeof brandSchema>;

/** The guarantees of a bank. */
export interface BankPromises {
  /** The networks it serves, the preferred first. */
  readonly networks: readonly Brand[];
  /** Repeats its first answer for a repeated reference. */
  readonly idempotent: boolean;
  /** Refuses requests that arrive after `validUntil`, so that "not found" becomes final. */
  readonly enforcesValidUntil: boolean;
  /** The reversal of an unknown reference fences it: a later arrival is refused. */
  readonly fencesUnseen: boolean;
  /** The longest lifetime of a message, in milliseconds, for banks without a better guarantee. */
  readonly maxTransitMs: number;
  /** The default port. */
  readonly defaultPort: number;
}

/** One bank per combination of guarantees. The first bank that lists a network is its first choice. */
const banks = {
  alder: {
    networks: ['visa', 'mastercard'],
    idempotent: true,
    enforcesValidUntil: true,
    fencesUnseen: true,
    maxTransitMs: 15_000,
    defaultPort: 3011,
  },
  birch: {
    networks: ['mastercard', 'visa'],
    idempotent: true,
    enforcesValidUntil: false,
    fencesUnseen: true,
    maxTransitMs: 15_000,
    defaultPort: 3012,
  },
  cedar: {
    networks: ['amex'],
    idempotent: false,
    enforcesValidUntil: true,
    fencesUnseen: true,
    maxTransitMs: 15_000,
    defaultPort: 3013,
  },
  dogwood: {
    networks: ['discover', 'diners', 'jcb', 'unionpay'],
    idempotent: false,
    enforcesValidUntil: false,
    fencesUnseen: false,
    maxTransitMs: 15_000,
    defaultPort: 3014,
  },
} as const satisfies Record<string, BankPromises>;

export type BankName = keyof typeof banks;
export const bankNames = Object.keys(banks) as [BankName, ...BankName[]];
export const bankNameSchema = z.enum(bankNames);

export interface BankProfile extends BankPromises {
  readonly name: BankName;
}

export const bankProfiles = byBank((name): BankProfile => ({ name, ...banks[name] }));

/** A record with one value per bank. */
export function byBank<Value>(valueOf: (name: BankName) => Value): Record<BankName, Value> {
  return Object.fromEntries(bankNames.map((name) => [name, valueOf(name)])) as Record<BankName, Value>;
}

/** The URLs of all banks on one host, by name. */
export function bankUrlsAt(origin: string, portOf = (name: BankName): number => banks[name].defaultPort) {
  return byBank((name) => `${origin}:${portOf(name)}`);
}

/** The banks that serve a network, the preferred first. */
export function banksFor(
  brand: Brand,
  candidates: readonly BankProfile[] = Object.values(bankProfiles),
): BankProfile[] {
  const preference = (bank: BankProfile): number => bank.networks.indexOf(brand);
  return candidates.filter((bank) => preference(bank) >= 0).sort((a, b) => preference(a) - preference(b));
}
