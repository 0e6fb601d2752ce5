interface CurrencyFacts {
  /** The smallest charge. Source: Stripe's minimum and maximum charge amounts. */
  readonly minimumMinor: number;
  /** The fixed part of the fee. */
  readonly fixedFeeMinor: number;
  /** Decimals for display; 0 for the zero-decimal currencies. */
  readonly decimals: 0 | 2;
}

const twoDecimals = (minimumMinor: number, fixedFeeMinor: number): CurrencyFacts => ({
  minimumMinor,
  fixedFeeMinor,
  decimals: 2,
});
const zeroDecimals = (minimumMinor: number, fixedFeeMinor: number): CurrencyFacts => ({
  minimumMinor,
  fixedFeeMinor,
  decimals: 0,
});

export const currencies = {
  usd: twoDecimals(50, 30),
  aed: twoDecimals(200, 100),
  aud: twoDecimals(50, 30),
  bgn: twoDecimals(100, 50),
  brl: twoDecimals(50, 39),
  cad: twoDecimals(50, 30),
  chf: twoDecimals(50, 30),
  clp: zeroDecimals(500, 250),
  czk: twoDecimals(1500, 650),
  dkk: twoDecimals(250, 180),
  eur: twoDecimals(50, 25),
  gbp: twoDecimals(30, 20),
  hkd: twoDecimals(400, 235),
  huf: twoDecimals(17500, 8500),
  inr: twoDecimals(50, 300),
  jpy: zeroDecimals(50, 40),
  krw: zeroDecimals(500, 400),
  mxn: twoDecimals(1000, 300),
  myr: twoDecimals(200, 100),
  nok: twoDecimals(300, 200),
  nzd: twoDecimals(50, 30),
  pln: twoDecimals(200, 100),
  ron: twoDecimals(200, 100),
  sek: twoDecimals(300, 180),
  sgd: twoDecimals(50, 50),
  thb: twoDecimals(1000, 1000),
  vnd: zeroDecimals(10_000, 7000),
} as const satisfies Record<string, CurrencyFacts>;

/** A three-letter ISO 4217 code in lower case, as Stripe writes it. */
export type Currency = keyof typeof currencies;

export const currencyCodes = Object.keys(currencies) as [Currency, ...Currency[]];

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(currencies, text);
}
