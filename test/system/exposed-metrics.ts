/** A metric as a service exposes it. */
export interface ScrapedMetric {
  readonly type: string;
  /** Of every sample, `le` left out; undefined without a sample. */
  readonly labels: readonly string[] | undefined;
}

/** The metrics in Prometheus' text format, by name. */
export function scrapedMetrics(text: string): Map<string, ScrapedMetric> {
  const metrics = new Map<string, ScrapedMetric>();
  for (const [, name, type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm))
    metrics.set(name!, { type: type!, labels: undefined });
  for (const [, series, labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const name = metrics.has(series!) ? series! : series!.replace(/_(?:bucket|sum|count)$/, '');
    const found = [...labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label]) => label!);
    const before = metrics.get(name)?.labels ?? [];
    const all = new Set([...before, ...found.filter((label) => label !== 'le')]);
    metrics.set(name, { type: metrics.get(name)?.type ?? 'untyped', labels: [...all] });
  }
  return metrics;
}
