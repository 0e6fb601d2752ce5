import { z } from 'zod';

export const brands = ['visa', 'mastercard', 'amex', 'discover', 'diners', 'jcb', 'unionpay'] as const;
export const brandSchema = z.enum(brands);
/** A card network. */
export type Brand = z.infer<typeof brandSchema>;

export const bankNames = ['alder', 'birch', 'cedar', 'dogwood'] as const;
export const bankNameSchema = z.enum(bankNames);
export type BankName = z.infer<typeof bankNameSchema>;

/** What a bank promises; everything that its callers may rely on. */
export interface BankProfile {
  readonly name: BankName;
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
}

/** One bank for each mix of promises. A network's first choice is the first bank that names it. */
export const defaultBanks = {
  alder: {
    name: 'alder',
    networks: ['visa', 'mastercard'],
    idempotent: true,
    enforcesValidUntil: true,
    fencesUnseen: true,
    maxTransitMs: 15_000,
  },
  birch: {
    name: 'birch',
    networks: ['mastercard', 'visa'],
    idempotent: true,
    enforcesValidUntil: false,
    fencesUnseen: true,
    maxTransitMs: 15_000,
  },
  cedar: {
    name: 'cedar',
    networks: ['amex'],
    idempotent: false,
    enforcesValidUntil: true,
    fencesUnseen: true,
    maxTransitMs: 15_000,
  },
  dogwood: {
    name: 'dogwood',
    networks: ['discover', 'diners', 'jcb', 'unionpay'],
    idempotent: false,
    enforcesValidUntil: false,
    fencesUnseen: false,
    maxTransitMs: 15_000,
  },
} as const satisfies Record<BankName, BankProfile>;

/** The banks that serve a network, the preferred first. */
export function banksFor(brand: Brand, banks: readonly BankProfile[] = Object.values(defaultBanks)): BankProfile[] {
  const preference = (bank: BankProfile): number => bank.networks.indexOf(brand);
  return banks.filter((bank) => preference(bank) >= 0).sort((a, b) => preference(a) - preference(b));
}
