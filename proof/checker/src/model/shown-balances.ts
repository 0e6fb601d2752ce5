import type { BalanceObject } from './api-objects.js';
import { CLOCKS_DIFFER_MS, type AccountTime } from './account-time.js';
import type { KnownObject, KnownTransaction } from './known-objects.js';
import { where, type Sighting } from './sightings.js';

type Read = Pick<Sighting, 'exchange' | 'number'>;

/** With more possible sums, a balance is only compared with the least and the greatest. */
const SUMS_MAX = 4_096;

/**
 * A balance must be the sum of all movements shown before the read was sent, plus any that may have been posted before
 * it was answered, at one time of the account.
 */
export function judgeBalance(
  shown: BalanceObject,
  read: Read,
  own: readonly KnownObject[],
  time: AccountTime,
): string[] {
  const name = where(read);
  const { account, sentMs, endedMs } = read.exchange;
  const { available, pending } = shown;
  if (!Array.isArray(available) || !Array.isArray(pending)) return [`${name}: is no balance`];
  const movements = (own as readonly KnownTransaction[]).filter(({ notBeforeMs }) => notBeforeMs <= endedMs);
  const ofCurrency = Map.groupBy(movements, ({ row }) => row.currency);
  const [leastMs, mostMs] = time.between(sentMs, endedMs);
  const span = [leastMs - CLOCKS_DIFFER_MS, mostMs + CLOCKS_DIFFER_MS] as const;
  const currencies = [...available, ...pending].map(({ currency }) => currency);
  const wrong = [...new Set([...currencies, ...ofCurrency.keys()])].flatMap((currency) => {
    const here = ofCurrency.get(currency) ?? [];
    const isDue = here.some(({ surelyFromMs }) => surelyFromMs <= sentMs);
    const amounts = [available, pending].map((list) => list.filter((funds) => funds.currency === currency));
    const [now, later] = amounts.map(([funds]) => funds?.amount);
    if (now === undefined && later === undefined) return isDue ? [`${name}: leaves out ${currency}`] : [];
    if (now === undefined || later === undefined || amounts.some(({ length }) => length > 1))
      return [`${name}: shows ${currency} not once in each list`];
    // An account without movements shows zero dollars.
    if (here.length === 0 && (currency !== 'usd' || currencies.length > 2))
      return [`${name}: shows ${currency}, of which ${account} has had none`];
    const isPossible = possibleSums(here, sentMs, span).some((sums) => sums.has(now, later));
    return isPossible
      ? []
      : [`${name}: shows ${now} ${currency} available and ${later} pending, ${inWords(here, sentMs)}`];
  });
  return [
    ...wrong,
    ...(shown.livemode ? [`${name}: shows livemode`] : []),
    ...[...available, ...pending]
      .filter(({ amount, source_types }) => source_types?.card !== amount)
      .map(({ amount, currency }) => `${name}: source_types of ${amount} ${currency} do not come to it`),
  ];
}

interface Sums {
  has(available: number, pending: number): boolean;
}

/** The possible sums of available and pending, for each relevant time of the account. */
function possibleSums(
  movements: readonly KnownTransaction[],
  sentMs: number,
  [leastMs, mostMs]: readonly [number, number],
): Sums[] {
  const moments = movements
    .map(({ row }) => row.availableOnMs)
    .filter((momentMs) => momentMs > leastMs && momentMs <= mostMs);
  return [...new Set([leastMs, ...moments])].map((nowMs) => sumsAt(movements, sentMs, nowMs));
}

function sumsAt(movements: readonly KnownTransaction[], sentMs: number, nowMs: number): Sums {
  let [available, pending] = [0, 0];
  const optional: (readonly [available: number, pending: number])[] = [];
  for (const { row, surelyFromMs } of movements) {
    const part = row.availableOnMs <= nowMs ? ([row.netMinor, 0] as const) : ([0, row.netMinor] as const);
    if (surelyFromMs > sentMs) optional.push(part);
    else [available, pending] = [available + part[0], pending + part[1]];
  }
  return exactSums(available, pending, optional) ?? boundedSums(available, pending, optional);
}

function exactSums(
  available: number,
  pending: number,
  optional: readonly (readonly [number, number])[],
): Sums | undefined {
  let sums = new Map([[`${available} ${pending}`, [available, pending] as const]]);
  for (const [one, other] of optional) {
    const more = [...sums.values()].map(([a, b]) => [a + one, b + other] as const);
    sums = new Map([...sums, ...more.map((sum) => [sum.join(' '), sum] as const)]);
    if (sums.size > SUMS_MAX) return undefined;
  }
  return { has: (a, b) => sums.has(`${a} ${b}`) };
}

function boundedSums(available: number, pending: number, optional: readonly (readonly [number, number])[]): Sums {
  const between = (sum: number, amounts: readonly number[], shown: number): boolean =>
    shown >= sum + total(amounts.filter((amount) => amount < 0)) &&
    shown <= sum + total(amounts.filter((amount) => amount > 0));
  const ones = optional.map(([one]) => one);
  const others = optional.map(([, other]) => other);
  return { has: (a, b) => between(available, ones, a) && between(pending, others, b) };
}

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

function inWords(movements: readonly KnownTransaction[], sentMs: number): string {
  const certain = movements.filter(({ surelyFromMs }) => surelyFromMs <= sentMs);
  const besides = movements.length - certain.length;
  const sum = total(certain.map(({ row }) => row.netMinor));
  return `and its ${certain.length} movements come to ${sum}${besides === 0 ? '' : `, besides ${besides} that may have been posted`}`;
}
