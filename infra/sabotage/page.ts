import type { Sabotage } from './sabotages.js';

export interface Caught {
  readonly sabotage: Sabotage;
  /** The drawn schedule that showed it, counted from 1; undefined: none did. */
  readonly after: number | undefined;
  /** The promises that it broke there. */
  readonly broken: readonly string[];
  /** The regressions that show it too: schedules that an earlier bug was found by. */
  readonly shownBy: readonly { readonly name: string; readonly broken: readonly string[] }[];
}

export const isCaught = ({ after, shownBy }: Caught): boolean => after !== undefined || shownBy.length > 0;

export function pageOf(results: readonly Caught[], schedules: number, seed: number): string {
  const rows = results.map(({ sabotage: { name, says }, after, broken, shownBy }) => {
    const cells = [
      `\`${name}\``,
      says,
      after === undefined ? '**none**' : broken.join(', '),
      after ?? `not in ${schedules}`,
      shownBy.map((regression) => `\`${regression.name}\` (${regression.broken.join(', ')})`).join(', '),
      after === undefined ? '' : `\`npm run sabotage -- ${name} --seed ${seed + after - 1} --schedules 1\``,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '# Planted bugs',
    '',
    'A checker that has never caught anything proves nothing. Each row is a patch on a scratch copy of the code; the simulation then runs schedules until a promise breaks. Errors in logs do not count here: what catches a bug is the promises alone.',
    '',
    'Some patches take a second line of defence away too, since the first would not be missed: a unique index, a state that knows better, an assertion. The column says so.',
    '',
    `Written by \`npm run sabotage -- --write --seed ${seed} --schedules ${schedules}\`: at most ${schedules} schedules each, from seed ${seed} on, and besides each regression, a schedule that a bug was found by once and that runs with the unit tests ever since. The last column shows the same again, in seconds.`,
    '',
    '| bug | what is wrong | broken promise | schedules until it shows | regressions that show it | seen again with |',
    '| --- | --- | --- | ---: | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
