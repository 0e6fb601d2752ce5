import type { Series } from './prometheus-text.js';

/**
 * A quantile of a histogram's increments, by linear interpolation within its bucket, as Prometheus's
 * `histogram_quantile` does.
 *
 * @param buckets series with a label `le`
 * @returns undefined when nothing was observed; the last bound but one when it lies beyond all bounds
 */
export function quantile(share: number, buckets: readonly Series[]): number | undefined {
  const byBound = new Map<number, number>();
  for (const { labels, value } of buckets) {
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    byBound.set(bound, (byBound.get(bound) ?? 0) + value);
  }
  const bounds = [...byBound].toSorted(([a], [b]) => a - b);
  const total = bounds.at(-1)?.[1] ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  const index = bounds.findIndex(([, count]) => count >= rank);
  const [upper, count] = bounds[index]!;
  const [lower, below] = index === 0 ? [0, 0] : bounds[index - 1]!;
  if (upper === Infinity) return lower;
  return count === below ? upper : lower + ((upper - lower) * (rank - below)) / (count - below);
}
