import type { Successes } from '#checker';

const ASKED = 'good cards charged';
const SUCCEEDED = 'good cards charged with success';

/** From so many charges on a share says something: a single world may have its database away all the time. */
const ASKED_LEAST = 300;
/** In the worlds that are drawn, faults leave about seven in ten of such charges alone. */
const SHARE_LEAST = 0.5;

export const countsOf = ({ asked, succeeded }: Successes): readonly (readonly [string, number])[] => [
  [ASKED, asked],
  [SUCCEEDED, succeeded],
];

/** A16: a campaign in which too little happened proves nothing, though every single refusal had its fault. */
export function tooLittle(counts: ReadonlyMap<string, number>): string[] {
  const asked = counts.get(ASKED) ?? 0;
  const succeeded = counts.get(SUCCEEDED) ?? 0;
  if (asked < ASKED_LEAST || succeeded >= asked * SHARE_LEAST) return [];
  return [`too little happened (A16): ${succeeded} of ${asked} good cards were charged with success`];
}
