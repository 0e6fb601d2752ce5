import { formatMoney, type Currency, type Money } from '#money';

// Codes in plain words. What is not known here is shown as it came.

export const money = (amountMinor: number, currency: Currency): string => formatMoney({ amountMinor, currency });
export const moneyOf = ({ amountMinor, currency }: Money): string => money(amountMinor, currency);

const neverSent: Readonly<Record<string, string>> = {
  breaker_open: 'its breaker is open',
  connection_refused: 'the connection was refused',
  connect_timeout: 'no connection came about in time',
  bulkhead_full: 'too many calls were under way',
  too_late: 'its time had passed before it could be sent',
};
const notProcessed: Readonly<Record<string, string>> = {
  not_processed: 'it had not processed it, it answered',
  rate_limited: 'it asked for less, and had not processed it, it answered',
  validity_expired: 'it came too late and was not processed, it answered',
};
export const whyNotProcessed = (detail: string | null, took: string): string =>
  detail && detail in notProcessed
    ? `${notProcessed[detail]}${took}`
    : `nothing was sent, because ${neverSent[detail ?? ''] ?? `of ${detail}`}`;

const doubts: Readonly<Record<string, string>> = {
  timeout: 'no answer in time',
  reset: 'the connection broke before the answer',
  cut: 'the answer broke off in its middle',
  malformed: 'the answer could not be read',
  nonconforming: 'the answer was none to this question',
  taken_over: 'whoever asked was gone before the answer',
};
export const whyInDoubt = (detail: string | null): string =>
  doubts[detail ?? ''] ?? `the answer was ${detail?.replace('status_', 'a ') ?? 'none'}`;

const holdRefusals: Readonly<Record<string, string>> = {
  account_frozen: 'the account is frozen',
  open_holds_cap: 'the account would hold more than its cap',
  fault_token: 'its fault token asks for that',
};
export const whyNotHeld = (refusal: string | null | undefined): string =>
  holdRefusals[refusal ?? ''] ?? refusal ?? 'it did not say why';

const refundRefusals: Readonly<Record<string, string>> = {
  insufficient_balance: 'the merchant cannot afford it',
  not_captured: 'nothing was captured',
  exceeds_captured: 'it would be more than was captured',
};
export const whyNotRefunded = (refusal: string | null | undefined): string =>
  refundRefusals[refusal ?? ''] ?? refusal ?? 'it did not say why';

/** A bank's code, where it says more than "no". */
export const codeIn = (code: string | null | undefined): string =>
  code && code !== 'refused_by_bank' ? ` (${code})` : '';

export const plural = (count: number, one: string): string => (count === 1 ? `one ${one}` : `${count} ${one}s`);

/** `12 ms`, `1.4 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
}
