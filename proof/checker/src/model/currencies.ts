/** Stripe's minimum charge and the fixed part of the platform's fee, in minor units. */
interface CurrencyFacts {
  readonly leastMinor: number;
  readonly fixedFeeMinor: number;
}

const facts = (leastMinor: number, fixedFeeMinor: number): CurrencyFacts => ({ leastMinor, fixedFeeMinor });

const currencies: ReadonlyMap<string, CurrencyFacts> = new Map(
  Object.entries({
    aed: facts(200, 100),
    aud: facts(50, 30),
    bgn: facts(100, 50),
    brl: facts(50, 39),
    cad: facts(50, 30),
    chf: facts(50, 30),
    clp: facts(500, 250),
    czk: facts(1_500, 650),
    dkk: facts(250, 180),
    eur: facts(50, 25),
    gbp: facts(30, 20),
    hkd: facts(400, 235),
    huf: facts(17_500, 8_500),
    inr: facts(50, 300),
    jpy: facts(50, 40),
    krw: facts(500, 400),
    mxn: facts(1_000, 300),
    myr: facts(200, 100),
    nok: facts(300, 200),
    nzd: facts(50, 30),
    pln: facts(200, 100),
    ron: facts(200, 100),
    sek: facts(300, 180),
    sgd: facts(50, 50),
    thb: facts(1_000, 1_000),
    usd: facts(50, 30),
    vnd: facts(10_000, 7_000),
  }),
);

export const AMOUNT_MAX_MINOR = 99_999_999;

/** The minimum charge in minor units. Undefined for an unsupported currency. */
export const leastMinor = (currency: string): number | undefined => currencies.get(currency)?.leastMinor;

/** Fee in minor units: 2.9 % of the captured amount, half up, plus the fixed part. In integers, since 0.029 is not exact. */
export function feeMinor(capturedMinor: number, currency: string): number {
  const thousandths = capturedMinor * 29;
  return Math.floor((thousandths + 500) / 1_000) + (currencies.get(currency)?.fixedFeeMinor ?? 0);
}
