const HIDDEN = '[hidden]';

/** What must never be written anywhere: Stripe-style keys, webhook secrets, credentials of requests and URLs. */
const secrets: readonly [pattern: RegExp, replacement: string][] = [
  [/\b([sr]k_(?:test|live)|whsec)_[A-Za-z0-9+/=_-]+/g, `$1_${HIDDEN}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]+/gi, `$1 ${HIDDEN}`],
  [/(:\/\/[^\s:/@"]+):[^\s@/"]+@/g, `$1:${HIDDEN}@`],
];

/**
 * 14 to 19 digits, perhaps in groups, that no letter or digit touches. Twelve of them would do for some old
 * cards, but 13 are a time in milliseconds, which logs are full of.
 */
const digitRuns = /(?<![\w.])\d(?:[ -]?\d){13,18}(?![\w.]?\d|\w)/g;

/** First digits of the networks that exist: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay. */
const issuerPrefix = /^(?:4|5[1-5]|2[2-7]|3[47]|6011|64[4-9]|65|62|30[0-5]|3[689]|35)/;

/** Text without card numbers and secrets. Card numbers are told from other long numbers by issuer and check digit. */
export function redact(text: string): string {
  let clean = text.replace(digitRuns, (run) => (isCardNumber(run.replaceAll(/[ -]/g, '')) ? HIDDEN : run));
  for (const [pattern, replacement] of secrets) clean = clean.replace(pattern, replacement);
  return clean;
}

function isCardNumber(digits: string): boolean {
  return issuerPrefix.test(digits) && hasCheckDigit(digits);
}

/** The Luhn formula, ISO/IEC 7812-1 annex B. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
