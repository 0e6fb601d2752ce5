import { z } from 'zod';

export const brands = ['visa', 'mastercard', 'amex', 'discover', 'diners', 'jcb', 'unionpay'] as const;
export const brandSchema = z.enum(brands);
/** A card network. */
export type Brand = z.infer<typeof brandSchema>;

/** What a bank promises; everything that its callers may rely on. */
export interface BankPromises {
  /** The networks it serves, the preferred first. */
  readonly networks: readonly Brand[];
  /** It remembers its answer by reference, and may simply be asked again. */
  readonly idempotent: boolean;
  /** It refuses what arrives after `validUntil`, so "not found" becomes final. */
  readonly enforcesValidUntil: boolean;
  /** A reversal of a reference that it has never seen is remembered, and refuses a later arrival. */
  readonly fencesUnseen: boolean;
  /** A message older than this is taken for lost, where the bank gives no better proof. */
  readonly maxTransitMs: number;
  /** Where it listens, unless it is told another port. */
  readonly defaultPort: number;
}

/** Every bank, one for each mix of promises. A network's first choice is the first bank that names it. */
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

/** One value for each bank. */
export function byBank<Value>(valueOf: (name: BankName) => Value): Record<BankName, Value> {
  return Object.fromEntries(bankNames.map((name) => [name, valueOf(name)])) as Record<BankName, Value>;
}

/** Where all banks listen that run on one host, by name. */
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
