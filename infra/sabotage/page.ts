import type { Sabotage } from './sabotages.js';

export interface Caught {
  readonly sabotage: Sabotage;
  /** The schedule that showed it, counted from 1; undefined: none did. */
  readonly after: number | undefined;
  /** The promises that it broke there. */
  readonly broken: readonly string[];
}

export function pageOf(results: readonly Caught[], schedules: number, seed: number): string {
  const rows = results.map(
    ({ sabotage: { name, says }, after, broken }) =>
      `| \`${name}\` | ${says} | ${after === undefined ? '**not caught**' : broken.join(', ')} | ${after ?? `more than ${schedules}`} |`,
  );
  return [
    '# Planted bugs',
    '',
    'A checker that has never caught anything proves nothing. Each row is a patch on a scratch copy of the code; the simulation then runs schedules until a promise breaks. Errors in logs do not count here: what catches a bug is the promises alone.',
    '',
    `Written by \`npm run sabotage -- --write\` (seeds from ${seed} on, at most ${schedules} schedules each).`,
    '',
    '| bug | what is wrong | broken promise | schedules until it shows |',
    '| --- | --- | --- | ---: |',
    ...rows,
    '',
  ].join('\n');
}
