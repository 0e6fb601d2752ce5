import type { ToldAnswer } from '#checker';
import { quantile } from './load.js';
import { openLoop } from './open-loop.js';

export interface OverloadResult {
  /** Of the peak. */
  readonly times: number;
  readonly offeredPerSecond: number;
  /** Charges answered `succeeded`. */
  readonly settledPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that are no success, by status; `no answer` is a connection that was reset. */
  readonly others: Readonly<Record<string, number>>;
  /** From the end of the overload to the last refusal of half the peak. */
  readonly recoveredAfterMs: number;
  readonly history: readonly ToldAnswer[];
}

/** Many times the peak in an open loop; afterwards half the peak, for ten seconds. */
export async function overload(
  apiUrls: readonly string[],
  { peakPerSecond, times, forMs }: { peakPerSecond: number; times: number; forMs: number },
): Promise<OverloadResult> {
  const history: ToldAnswer[] = [];
  // Refused requests began nothing, and there may be many.
  const keep = (told: ToldAnswer): void => void (told.status !== 429 && history.push(told));
  const answers = await openLoop(apiUrls, { perSecond: peakPerSecond * times, forMs }, keep);
  const endedMs = performance.now();
  const after = await openLoop(apiUrls, { perSecond: peakPerSecond / 2, forMs: 10_000 }, keep);
  const tookMs = answers.filter(({ outcome }) => outcome === 'succeeded').map((answer) => answer.tookMs);
  const failed = Map.groupBy(
    answers.filter(({ outcome }) => outcome !== 'succeeded'),
    ({ outcome }) => outcome,
  );
  const refused = after.filter(({ outcome }) => outcome !== 'succeeded').map(({ dueMs }) => dueMs - endedMs);
  return {
    times,
    offeredPerSecond: peakPerSecond * times,
    settledPerSecond: tookMs.length / (forMs / 1_000),
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    others: Object.fromEntries([...failed].map(([outcome, those]) => [outcome, those.length])),
    recoveredAfterMs: Math.max(0, ...refused),
    history,
  };
}
