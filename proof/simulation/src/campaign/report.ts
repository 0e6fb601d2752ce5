import { describe as verdictInWords } from '#checker';
import { describe as inWords } from '../schedule/fault.js';
import type { WorldResult } from '../world/world.js';

/** Describes a failure: broken promises, schedule, and log by service. */
export function tellFailure({ schedule, verdict, bugs, story }: WorldResult): string {
  const { seed, operations, faults } = schedule;
  return [
    `Schedule ${seed} broke something. To see it whole: npm run simulate -- --schedule ${seed}`,
    '',
    ...(verdict.holds ? [] : [verdictInWords(verdict)]),
    ...bugs,
    '',
    `${operations.length} operations and ${faults.length} faults are enough for it:`,
    ...faults.map((fault) => `  ${(fault.atMs / 1_000).toFixed(3)} s  ${inWords(fault)}`),
    '',
    story.toString(),
  ].join('\n');
}
