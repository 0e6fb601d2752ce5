import type { RunningStrike } from '../nemesis/nemesis.js';
import type { ReachedState } from './sometimes.js';
import type { PromiseResult } from './promise-result.js';

/** The results that decide whether a run is sound. */
export interface Results {
  readonly judged: readonly PromiseResult[];
  /** Hard states that the scenario must reach and did not. */
  readonly unreached: readonly Pick<ReachedState, 'what'>[];
  readonly strikes: readonly Pick<RunningStrike, 'words' | 'error'>[];
}

/** The first reason why a run is not sound. Null if it is sound. */
export function failureOf({ judged, unreached, strikes }: Results): string | null {
  const broken = judged.filter(({ lines }) => lines.length > 0).map(({ id }) => id);
  if (broken.length > 0) return `broken: ${broken.join(', ')}`;
  if (unreached.length > 0) return `every promise was kept, but a hard state was not reached: ${unreached[0]!.what}`;
  const undone = strikes.find(({ error }) => error !== undefined);
  return undone === undefined ? null : `a fault could not be injected: ${undone.words}: ${undone.error}`;
}
