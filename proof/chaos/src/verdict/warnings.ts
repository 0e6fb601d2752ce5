import { judgeWarnings, type JudgedWarnings } from '#checker';
import { grouped } from '../html.js';
import { allInstances } from '../schedule/fault.js';
import { faultsInEffect } from './faults-in-effect.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

/** Warnings that no fault in effect explains, and instances without a log. */
export function judgeLogs(facts: RunFacts): Pick<PromiseResult, 'lines' | 'looked'> {
  const silent = allInstances.filter((instance) => !facts.logs.heardFrom.has(instance));
  return {
    lines: [
      ...silent.map((instance) => `${instance}: its log has no line`),
      ...judged(facts).unprovoked.map(
        ({ atMs, level, instance, message, detail }) =>
          `${instance} at ${new Date(atMs).toISOString()}: ${level}: ${message} ${detail ?? ''}`,
      ),
    ],
    looked: `${grouped(facts.logs.warnings.length)} warnings and errors`,
  };
}

/** Number of uses of each entry of the list of expected warnings. */
export const warningsUsed = (facts: RunFacts): ReadonlyMap<string, number> => judged(facts).uses;

const judged = (facts: RunFacts): JudgedWarnings => judgeWarnings(facts.logs.warnings, faultsInEffect(facts));
