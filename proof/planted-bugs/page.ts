import { isCaught, regressionsOf, type Measurement, type Measurements } from './measurement.js';
import type { Sabotage } from './sabotage.js';

/** The page of all planted bugs, from what was measured of each. */
export function pageOf(sabotages: readonly Sabotage[], measured: Measurements): string {
  const known = sabotages.flatMap((sabotage) => {
    const measurement = measured[sabotage.name];
    return measurement ? [{ sabotage, measurement }] : [];
  });
  const unknown = sabotages.filter(({ name }) => !measured[name]).map(({ name }) => `\`${name}\``);
  const caught = known.filter(({ sabotage, measurement }) => isCaught(sabotage, measurement));
  const inWorlds = known.filter(({ sabotage }) => !sabotage.shownBySpec);
  const bySpec = known.filter(({ sabotage }) => sabotage.shownBySpec);
  return [
    '# Planted bugs',
    '',
    'A checker that has never caught anything proves nothing. Each row is a patch on a copy of the code, which compiles; the simulation then runs worlds until one of the promises is broken that the bug breaks. Errors in logs do not count here: a promise catches a bug, or nothing does.',
    '',
    `**${caught.length} of ${sabotages.length} are caught by a promise of their own.** The first column of numbers says how many worlds that took. “Not in 60” means that 60 worlds did not break a promise of the bug; where they broke another promise, the row names it in brackets.`,
    '',
    'Some patches take a second line of defence away too, because the first would not be missed: a unique index, a state that knows better, an assertion. The row says so.',
    '',
    'Written by `npm run sabotage -- --write`, or with the names of single bugs. The last column shows the bug again, in seconds. CI tries out a few bugs that the commit chooses: `npm run sabotage -- --sample 6`.',
    '',
    '| bug | what is wrong | breaks | broken in the world | worlds until then | regressions that show it | seen again with |',
    '| --- | --- | --- | --- | ---: | --- | --- |',
    ...inWorlds.map(({ sabotage, measurement }) => rowOf(sabotage, measurement)),
    '',
    '## Shown by a test',
    '',
    'The simulation cannot show these. A test that runs with every build fails over a copy that has the bug.',
    '',
    '| bug | what is wrong | breaks | fails | why no world shows it |',
    '| --- | --- | --- | --- | --- |',
    ...bySpec.map(({ sabotage, measurement }) => specRowOf(sabotage, measurement)),
    '',
    ...(unknown.length > 0 ? [`Not tried out yet: ${unknown.join(', ')}.`, ''] : []),
  ].join('\n');
}

function rowOf(sabotage: Sabotage, measured: Measurement): string {
  const { name, says, breaks } = sabotage;
  const { found, first, seed, schedules } = measured;
  const other = first && first.seed !== found?.seed ? `(${first.broken.join(', ')} in ${first.seed - seed + 1})` : '';
  return cells([
    `\`${name}\``,
    says,
    breaks.join(', '),
    [found ? found.broken.join(', ') : '**none**', other].filter((part) => part !== '').join(' '),
    `${found ? found.seed - seed + 1 : `not in ${schedules}`}${seed === 1 ? '' : ` from seed ${seed}`}`,
    regressionsOf(sabotage, measured)
      .map((regression) => `\`${regression.name}\` (${regression.broken.join(', ')})`)
      .join(', '),
    found ? `\`npm run sabotage -- ${name} --seed ${found.seed} --schedules 1\`` : '',
  ]);
}

function specRowOf({ name, says, breaks, shownBySpec }: Sabotage, { specFailed }: Measurement): string {
  const { file, because } = shownBySpec!;
  const link = `[${file.slice(file.lastIndexOf('/') + 1)}](../${file})`;
  return cells([`\`${name}\``, says, breaks.join(', '), specFailed ? link : `**not** ${link}`, because]);
}

const cells = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
