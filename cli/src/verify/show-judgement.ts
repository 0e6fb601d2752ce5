import type { Evidence } from '#checker';
import { wrap } from '../wrap.js';
import type { VerifiedPromise } from './judgement.js';

const CASES_MAX = 5;
const OUTCOME = 13;
const ID = 9;

/** Formats the result: amount of evidence, every promise, and the first cases of each broken one. */
export function showJudgement(judged: readonly VerifiedPromise[], evidence: Evidence, width: number): string[] {
  const text = Math.max(40, Math.min(width, 110)) - OUTCOME - ID - 2;
  const indent = ' '.repeat(OUTCOME + ID + 2);
  const broken = judged.filter(({ outcome }) => outcome === 'broken');
  const unjudged = judged.some(({ outcome }) => outcome === 'not judged' || outcome === 'held in part');
  return [
    `Looked at ${evidence.charges.length} charges, ${evidence.refunds.length} refunds, ${evidence.transfers.length} transfers, ${evidence.entries.length} entries of the banks' journals.`,
    '',
    ...judged.flatMap(({ id, promise, outcome, cases }) => [
      ...wrap(promise, text).map((line, place) =>
        place === 0 ? `${outcome.padEnd(OUTCOME)} ${id.padEnd(ID)} ${line}` : `${indent}${line}`,
      ),
      ...cases.slice(0, CASES_MAX).map((each) => `${indent}! ${each}`),
      ...(cases.length > CASES_MAX ? [`${indent}and ${cases.length - CASES_MAX} more`] : []),
    ]),
    '',
    ...(unjudged
      ? ['Promises that are not judged, or only in part, need the clients’ history: npm run chaos records it.']
      : []),
    broken.length === 0
      ? 'No promise is broken.'
      : `${broken.length === 1 ? 'One promise is' : `${broken.length} promises are`} broken: ${broken.map(({ id }) => id).join(', ')}.`,
  ];
}
