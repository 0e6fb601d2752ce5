import { judgeWarnings, type JudgedWarnings } from '#checker';
import { grouped } from '../report/html.js';
import { faultsInEffect } from './faults-in-effect.js';
import type { Judged } from './judged.js';
import type { RunFacts } from './run-facts.js';

/** What services warned of, against the faults that were in effect. */
export function judgeLogs(facts: RunFacts): Pick<Judged, 'lines' | 'looked'> {
  return {
    lines: judged(facts).unprovoked.map(
      ({ atMs, level, instance, message, detail }) =>
        `${instance} at ${new Date(atMs).toISOString()}: ${level}: ${message} ${detail ?? ''}`,
    ),
    looked: `${grouped(facts.logs.warnings.length)} warnings and errors`,
  };
}

/** How often each entry of the list of expected warnings was used. */
export const warningsUsed = (facts: RunFacts): ReadonlyMap<string, number> => judged(facts).uses;

const judged = (facts: RunFacts): JudgedWarnings => judgeWarnings(facts.logs.warnings, faultsInEffect(facts));
