import { currencies, isCurrency } from '../../../../libs/money/src/currencies.js';

export const NOTHING = '–';

export function rate(value: number | null): string {
  if (value === null) return NOTHING;
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

export const whole = (value: number | null): string =>
  value === null ? NOTHING : Math.round(value).toLocaleString('en');

export function percent(share: number | null): string {
  if (share === null) return NOTHING;
  // 99.96 % must not be shown as 100 %.
  return share === 1 ? '100' : (Math.floor(share * 1_000) / 10).toFixed(1);
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return NOTHING;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export const seconds = (value: number | null): string =>
  value === null ? NOTHING : value < 10 ? value.toFixed(1) : String(Math.round(value));

const decimalsOf = (currency: string): number => (isCurrency(currency) ? currencies[currency].decimals : 0);

export function amount(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const units = minor / 10 ** decimals;
  return `${units.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ${currency}`;
}

export const timeOfDay = (at: number): string => new Date(at).toLocaleTimeString('en-GB');
