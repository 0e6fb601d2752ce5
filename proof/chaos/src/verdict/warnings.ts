import { judgeWarnings, type JudgedWarnings } from '#checker';
import { grouped } from '../html.js';
import { allInstances } from '../schedule/fault.js';
import { faultsInEffect } from './faults-in-effect.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

/** What services warned of, against the faults that were in effect; and that their logs were there to be read. */
export function judgeLogs(facts: RunFacts): Pick<PromiseResult, 'lines' | 'looked'> {
  const unheard = allInstances.filter((instance) => !facts.logs.heardFrom.has(instance));
  return {
    lines: [
      ...unheard.map((instance) => `${instance}: nothing of its log was read`),
      ...judged(facts).unprovoked.map(
        ({ atMs, level, instance, message, detail }) =>
          `${instance} at ${new Date(atMs).toISOString()}: ${level}: ${message} ${detail ?? ''}`,
      ),
    ],
    looked: `${grouped(facts.logs.warnings.length)} warnings and errors`,
  };
}

/** How often each entry of the list of expected warnings was used. */
export const warningsUsed = (facts: RunFacts): ReadonlyMap<string, number> => judged(facts).uses;

const judged = (facts: RunFacts): JudgedWarnings => judgeWarnings(facts.logs.warnings, faultsInEffect(facts));
