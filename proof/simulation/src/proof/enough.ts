import type { Successes } from '#checker';

const ASKED = 'good cards charged';
const SUCCEEDED = 'good cards charged with success';

/** Minimum number of charges for the check, since a single world may have its database down all the time. */
const ASKED_LEAST = 300;
/** Minimum share of succeeded charges. In a random world about 70 % succeed. */
const SHARE_LEAST = 0.5;

export const countsOf = ({ asked, succeeded }: Successes): readonly (readonly [string, number])[] => [
  [ASKED, asked],
  [SUCCEEDED, succeeded],
];

/** A16: a campaign fails if too few good cards were charged, even if a fault explains every refusal. */
export function tooLittle(counts: ReadonlyMap<string, number>): string[] {
  const asked = counts.get(ASKED) ?? 0;
  const succeeded = counts.get(SUCCEEDED) ?? 0;
  if (asked < ASKED_LEAST || succeeded >= asked * SHARE_LEAST) return [];
  return [`too little happened (A16): ${succeeded} of ${asked} good cards were charged with success`];
}
