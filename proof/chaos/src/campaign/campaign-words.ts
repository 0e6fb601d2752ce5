import { span } from '../html.js';
import type { Campaign } from './campaign.js';

/** Renders the campaign for a terminal. */
export function campaignInWords({ runs, planned, sometimes, unreached, unused }: Campaign): string {
  const title = Math.max(...runs.map((run) => run.title.length), 0);
  const broken = runs.filter(({ verdict }) => verdict !== 'kept');
  const reached = sometimes.filter(({ times }) => times > 0);
  return [
    `${runs.length} of ${planned} runs, ${broken.length} not sound:`,
    ...runs.flatMap(({ verdict, why, command, kept, charges, faults, tookMs, ...run }) => [
      `${verdict === 'kept' ? '✓' : '✗'} ${run.title.padEnd(title)}  ${faults} faults, ${charges} charges, ${span(tookMs)}`,
      ...(verdict === 'kept' ? [] : [`    ${why}`, `    ${command}`]),
      ...(kept === undefined ? [] : [`    kept: ${kept}`]),
    ]),
    '',
    `Reached ${reached.length} of ${sometimes.length} hard states:`,
    ...sometimes.map(({ what, times, inRuns }) => `${String(times).padStart(6)} ×  in ${inRuns} runs  ${what}`),
    ...unreached.map(({ what }) => `✗ never reached: ${what}`),
    ...unused.map((id) => `✗ expected and never provoked: the warning ${id}`),
  ].join('\n');
}
