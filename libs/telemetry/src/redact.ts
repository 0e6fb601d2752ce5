import { maskCardNumbers } from '#card-numbers';

const HIDDEN = '[hidden]';

/** Secrets that must never be logged: Stripe-style keys, webhook secrets, credentials of requests and URLs. */
const secrets: readonly [pattern: RegExp, replacement: string][] = [
  [/\b([sr]k_(?:test|live)|whsec)_[A-Za-z0-9+/=._~-]+/g, `$1_${HIDDEN}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]+/gi, `$1 ${HIDDEN}`],
  [/(:\/\/[^\s:/@"]+):[^\s@/"]+@/g, `$1:${HIDDEN}@`],
];

/** Masks card numbers (by `#card-numbers`) and secrets. */
export function redact(text: string): string {
  let clean = maskCardNumbers(text, () => HIDDEN);
  for (const [pattern, replacement] of secrets) clean = clean.replace(pattern, replacement);
  return clean;
}
