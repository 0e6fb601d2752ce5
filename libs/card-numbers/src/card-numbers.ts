/** Issuer prefixes and lengths of the networks: ISO/IEC 7812, as the networks publish their ranges. */
const networks: readonly [name: string, firstDigits: RegExp, lengths: readonly number[]][] = [
  ['visa', /^4/, [13, 16, 19]],
  ['mastercard', /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  ['amex', /^3[47]/, [15]],
  ['discover', /^(6011|64[4-9]|65)/, [16, 17, 18, 19]],
  ['diners', /^(30[0-5]|3095|3[689])/, [14, 15, 16, 17, 18, 19]],
  ['jcb', /^35(2[89]|[3-8])/, [16, 17, 18, 19]],
  ['unionpay', /^62/, [16, 17, 18, 19]],
];
const LENGTH_MIN = 13;
const LENGTH_MAX = 19;
/** Sizes of the groups on a card, or all in one piece: by four, or 4-6-4 and 4-6-5. */
const sizesOfACard = /^,(\d\d|4,4,4,([1-4]|4,[1-3])|4,6,[45])$/;
const GROUPS_MAX = 5;

/** Between two groups of digits; `+` and `%20` are spaces of a URL. */
const SPACE = String.raw`(?:[\p{Zs}\t+]|%20)`;
const GAP = String.raw`(?:[\p{Zs}\t+.\p{Pd}]|%20){1,3}`;
/** Digits that a letter touches are a part of something else: an id, a hash. */
const runs = new RegExp(`(?<![\\p{L}\\d])\\d+(?:${GAP}\\d+)*(?<!\\d(?=[\\p{L}\\d]))`, 'gu');
const groups = new RegExp(`(${GAP})?(\\d+)`, 'gu');
const notDigits = /%20|\D/g;
/** With three spaces of a URL after each digit. */
const SPACED_MAX = LENGTH_MAX * 10;
const spacesOnly = new RegExp(`^(?:${SPACE}|\\d)*$`, 'u');
/** A fast check that most texts fail. */
const enoughDigits = /\d(?:\D{0,9}\d){12}/;

/**
 * Whether a text contains digits of a known network with a right check digit. Not 13 digits in one piece: Visa has
 * issued none for decades, and many bar codes (EAN-13) begin with 4.
 */
export function hasCardNumber(text: string): boolean {
  if (text.length < LENGTH_MIN || !enoughDigits.test(text)) return false;
  for (const { from, to } of found(text)) if (!/^\d{13}$/.test(text.slice(from, to))) return true;
  return false;
}

/** As `hasCardNumber`, for a hexadecimal id, where a number has no boundaries. */
export function hasCardNumberInside(id: string): boolean {
  for (let from = 0; from + LENGTH_MIN <= id.length; from++) {
    for (let length = LENGTH_MIN; length <= LENGTH_MAX; length++) {
      const part = id.slice(from, from + length);
      if (part.length === length && /^\d+$/.test(part) && isCardNumber(part)) return true;
    }
  }
  return false;
}

export function maskCardNumbers(text: string, mask: (number: string) => string): string {
  let masked = '';
  let done = 0;
  for (const { from, to } of found(text)) {
    if (to <= done) continue;
    // Overlapping numbers get one mask.
    if (from >= done) masked += text.slice(done, from) + mask(text.slice(from, to));
    done = to;
  }
  return done === 0 ? text : masked + text.slice(done);
}

/** The Luhn check, ISO/IEC 7812-1 annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

interface Group {
  readonly from: number;
  readonly to: number;
  readonly digits: string;
  /** The text between this group and the one before. */
  readonly gap: string;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function* found(text: string): Generator<Place, undefined> {
  if (!enoughDigits.test(text)) return;
  for (const { index, 0: run } of text.matchAll(runs)) {
    const inside = groupsOf(run, index);
    if (isSpaced(run) && isCardNumber(run.replaceAll(notDigits, ''))) {
      yield { from: index, to: index + run.length };
      continue;
    }
    for (let first = 0; first < inside.length; first++) {
      let digits = '';
      let sizes = '';
      for (let last = first; last < inside.length && last < first + GROUPS_MAX; last++) {
        digits += inside[last]!.digits;
        sizes += `,${inside[last]!.digits.length}`;
        if (digits.length > LENGTH_MAX) break;
        if (digits.length < LENGTH_MIN || !sizesOfACard.test(sizes)) continue;
        // In one piece it must not be part of a fraction.
        if (last === first && (inside[first]!.gap === '.' || inside[last + 1]?.gap === '.')) continue;
        if (isCardNumber(digits)) yield { from: inside[first]!.from, to: inside[last]!.to };
      }
    }
  }
}

/** Digits with a space anywhere between them, all that stand together. */
function isSpaced(run: string): boolean {
  return run.length <= SPACED_MAX && spacesOnly.test(run);
}

function groupsOf(run: string, offset: number): Group[] {
  return [...run.matchAll(groups)].map((match) => {
    const [all, gap = '', digits = ''] = match;
    const to = offset + match.index + all.length;
    return { from: to - digits.length, to, digits, gap };
  });
}

function isCardNumber(digits: string): boolean {
  return (
    networks.some(([, first, lengths]) => lengths.includes(digits.length) && first.test(digits)) && passesLuhn(digits)
  );
}
