import type { RunningStrike } from '../nemesis/nemesis.js';
import type { ReachedState } from './sometimes.js';
import type { PromiseResult } from './promise-result.js';

/** What a run is held to. */
export interface Results {
  readonly judged: readonly PromiseResult[];
  /** What a scenario was made to reach, and did not. */
  readonly unreached: readonly Pick<ReachedState, 'what'>[];
  readonly strikes: readonly Pick<RunningStrike, 'words' | 'error'>[];
}

/** Why a run is not sound, the first reason that applies; null: it is. */
export function failureOf({ judged, unreached, strikes }: Results): string | null {
  const broken = judged.filter(({ lines }) => lines.length > 0).map(({ id }) => id);
  if (broken.length > 0) return `broken: ${broken.join(', ')}`;
  if (unreached.length > 0) return `every promise was kept, but a state was not reached: ${unreached[0]!.what}`;
  const undone = strikes.find(({ error }) => error !== undefined);
  return undone === undefined ? null : `a fault could not be done: ${undone.words}: ${undone.error}`;
}
